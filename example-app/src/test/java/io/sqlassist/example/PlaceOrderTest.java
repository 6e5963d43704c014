package io.sqlassist.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sqlassist.session.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceOrderTest extends ShopTestBase {

  private static final long NO_BOOK = 999_999_999;
  private static final int CUSTOMERS = 10;

  @Test
  void anOrderReachesAllThreeDatabases() {
    long book = shop.addBook("Ordered", 1_250, 5);

    Shop.Reply reply = shop.order(book, 2);

    assertThat(reply.status()).isEqualTo(201);
    long order = reply.json().path("id").asLong();
    assertThat(reply.body())
        .isEqualTo(
            "{\"id\":%d,\"bookId\":%d,\"quantity\":2,\"customer\":\"Ann\",\"amountCents\":2500}"
                .formatted(order, book));
    assertThat(shop.stock(book)).isEqualTo(3);
    assertThat(shop.feed("orders", book).toString())
        .isEqualTo(
            "[{\"id\":%d,\"bookId\":%d,\"quantity\":2,\"customer\":\"Ann\"}]"
                .formatted(order, book));
    assertThat(shop.feed("ledger", book).toString())
        .isEqualTo(
            "[{\"orderId\":%d,\"bookId\":%d,\"quantity\":2,\"amountCents\":2500}]"
                .formatted(order, book));
    assertThat(outcomes(book)).containsExactly("placed");
  }

  @Test
  void moreThanThereIsMeansConflictAndChangesNothing() {
    long book = shop.addBook("Scarce", 100, 3);

    Shop.Reply reply = shop.order(book, 4);

    assertThat(reply.status()).isEqualTo(409);
    assertThat(reply.error()).isEqualTo("Not enough copies of 'Scarce': 3 left.");
    assertNothingSold(book, 3);
    assertThat(outcomes(book)).containsExactly("out of stock");
  }

  @Test
  void theLastCopyCanBeBoughtAndNoneAfterIt() {
    long book = shop.addBook("Last Copy", 100, 1);

    assertThat(shop.order(book, 1).status()).isEqualTo(201);
    assertThat(shop.order(book, 1).error()).isEqualTo("'Last Copy' is sold out.");
    assertThat(outcomes(book)).containsExactly("out of stock", "placed");
  }

  @Test
  void anUnknownBookIsNotFoundButAudited() {
    int before = outcomes(NO_BOOK).size();

    assertThat(shop.order(NO_BOOK, 1).status()).isEqualTo(404);

    assertThat(outcomes(NO_BOOK)).hasSize(before + 1).first().isEqualTo("no such book");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"quantity\": 0, \"customer\": \"Ann\"}",
        "{\"quantity\": -1, \"customer\": \"Ann\"}",
        "{\"quantity\": 1001, \"customer\": \"Ann\"}",
        "{\"quantity\": \"1\", \"customer\": \"Ann\"}",
        "{\"quantity\": 1}",
        "{\"quantity\": 1, \"customer\": \" \"}",
        "{\"quantity\": 1, \"customer\": \"Ann\", \"priceCents\": 1}",
        "{\"quantity\": 1, \"customer\": \"",
        "[]",
      })
  void refusesWhatIsNoOrderButAuditsIt(String body) {
    long book = shop.addBook("Badly Ordered", 100, 3);

    assertThat(shop.post("/books/" + book + "/orders", body).status()).isEqualTo(400);

    assertNothingSold(book, 3);
    assertThat(outcomes(book)).containsExactly("invalid");
  }

  @Test
  void auditsAnOrderThatIsNoJson() {
    long book = shop.addBook("Sent as Form", 100, 3);

    Shop.Reply reply =
        shop.send("POST", "/books/" + book + "/orders", "text/plain", "quantity=1&customer=Ann");

    assertThat(reply.status()).isEqualTo(415);
    assertThat(outcomes(book)).containsExactly("invalid");
  }

  @Test
  void aFailureInTheLedgerUndoesTheShopToo() {
    long book = shop.addBook("Not Booked", 100, 3);
    long next = shop.order(shop.addBook("Before", 100, 3), 1).json().path("id").asLong() + 1;
    // The booking of the next order is there already, so that it can't be made.
    Units.useUnit(
        APP.registry(), db -> db.session("ledger").persist(new Booking(next, book, 1, 77)));

    Shop.Reply reply = shop.order(book, 1);

    assertThat(reply.status()).isEqualTo(500);
    assertThat(reply.body()).isEqualTo("{\"error\":\"Something went wrong here.\"}");
    assertThat(shop.stock(book)).isEqualTo(3);
    assertThat(shop.feed("orders", book)).isEmpty();
    assertThat(shop.feed("ledger", book).findValuesAsText("amountCents")).containsExactly("77");
    assertThat(outcomes(book)).containsExactly("failed");
  }

  @Test
  void ofManyWhoWantTheLastCopyOneGetsIt() throws Exception {
    long book = shop.addBook("Fought For", 300, 1);

    List<Integer> statuses = orderAtOnce(book, 16);

    assertThat(statuses)
        .containsOnlyOnce(201)
        .filteredOn(status -> status != 201)
        .containsOnly(409);
    assertThat(shop.stock(book)).isZero();
    assertThat(shop.feed("orders", book)).hasSize(1);
    assertThat(shop.feed("ledger", book)).hasSize(1);
    assertThat(outcomes(book))
        .hasSize(16)
        .containsOnlyOnce("placed")
        .filteredOn(outcome -> !outcome.equals("placed"))
        .containsOnly("out of stock");
  }

  @Test
  void asManyAreSoldAsThereAre() throws Exception {
    long book = shop.addBook("Popular", 300, 25);

    List<Integer> statuses = orderAtOnce(book, 40);

    assertThat(statuses).filteredOn(status -> status == 201).hasSize(25);
    assertThat(statuses).filteredOn(status -> status == 409).hasSize(15);
    assertThat(shop.stock(book)).isZero();
    assertThat(shop.feed("ledger", book)).hasSize(25);
  }

  /** As many at once as there are connections: more would only wait, on a busy machine in vain. */
  private static List<Integer> orderAtOnce(long book, int orders) throws Exception {
    CyclicBarrier together = new CyclicBarrier(CUSTOMERS);
    ExecutorService threads = Executors.newFixedThreadPool(CUSTOMERS);
    try {
      AtomicInteger left = new AtomicInteger(orders);
      List<Future<List<Integer>>> customers = new ArrayList<>();
      for (int i = 0; i < CUSTOMERS; i++) {
        customers.add(
            threads.submit(
                () -> {
                  List<Integer> statuses = new ArrayList<>();
                  together.await();
                  while (left.getAndDecrement() > 0) {
                    statuses.add(shop.order(book, 1).status());
                  }
                  return statuses;
                }));
      }
      List<Integer> statuses = new ArrayList<>();
      for (Future<List<Integer>> customer : customers) {
        statuses.addAll(customer.get());
      }
      return statuses;
    } finally {
      threads.shutdownNow();
    }
  }

  private static void assertNothingSold(long book, int stock) {
    assertThat(shop.stock(book)).isEqualTo(stock);
    assertThat(shop.feed("orders", book)).isEmpty();
    assertThat(shop.feed("ledger", book)).isEmpty();
  }

  private static List<String> outcomes(long book) {
    JsonNode lines = shop.feed("audit", book);
    return lines.findValuesAsText("outcome");
  }
}
