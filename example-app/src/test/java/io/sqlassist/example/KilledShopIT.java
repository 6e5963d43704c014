package io.sqlassist.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the shop while customers order, starts it again, and compares stock, orders and ledger with
 * each other and with what the customers were told. Kills: 2, or {@code -Dkills.shop=50}. On H2
 * with {@code -Dkills.h2=true} only, since H2 can't always open its own files after a kill.
 */
class KilledShopIT {

  private static final int KILLS = Integer.getInteger("kills.shop", 2);
  private static final int CUSTOMERS = 6;
  private static final int BOOKS = 3;
  private static final int STOCK = 10_000;
  private static final int MOST_ORDERS = 300;

  @TempDir Path directory;
  private Path temporary;
  private final long seed = Long.getLong("kills.seed", System.nanoTime());
  private final Random random = new Random(seed);

  /** What the customers have, by the order's number. */
  private final Map<Long, JsonNode> told = new ConcurrentHashMap<>();

  @BeforeEach
  void makeTemporaryDirectory() throws Exception {
    temporary = Files.createDirectory(directory.resolve("tmp"));
  }

  @Test
  void aShopKilledWhileCustomersOrderHasBookedWhatIsTakenFromTheStock() throws Exception {
    killAndCompare("servers");
  }

  @Test
  @EnabledIfSystemProperty(named = "kills.h2", matches = "true")
  void onH2AlsoIfItOpensItsFiles() throws Exception {
    killAndCompare("embedded");
  }

  private void killAndCompare(String databases) throws Exception {
    Map<String, String> environment =
        Map.of(
            "PORT",
            "0",
            "SHOP_DATABASES",
            databases,
            "SHOP_DATA",
            directory.resolve("data").toString());
    List<Long> books = new ArrayList<>();
    for (int kill = 0; kill <= KILLS; kill++) {
      try (ChildShop child = ChildShop.start(temporary, environment)) {
        Shop shop = child.open();
        if (kill > 0) {
          awaitRecovery(shop);
          for (long book : books) {
            compare(shop, book, "kill " + kill + " of seed " + seed + ", book " + book);
          }
        }
        if (kill < KILLS) {
          books.clear();
          for (int i = 0; i < BOOKS; i++) {
            books.add(shop.addBook("Book " + kill + "." + i, 250, STOCK));
          }
          killWhileCustomersOrder(child, shop, List.copyOf(books));
        }
      }
    }
    System.out.printf("%d kills on %s: %d orders told, 0 split%n", KILLS, databases, told.size());
  }

  private void killWhileCustomersOrder(ChildShop child, Shop shop, List<Long> books)
      throws Exception {
    int enough = told.size() + 1 + random.nextInt(MOST_ORDERS);
    List<Thread> customers = new ArrayList<>();
    for (int i = 0; i < CUSTOMERS; i++) {
      Random choice = new Random(random.nextLong());
      customers.add(new Thread(() -> orderUntilTheShopIsGone(shop, books, choice)));
    }
    customers.forEach(Thread::start);
    while (told.size() < enough && customers.stream().anyMatch(Thread::isAlive)) {
      Thread.onSpinWait();
    }
    child.kill();
    child.awaitExit();
    for (Thread customer : customers) {
      customer.join();
    }
    assertThat(told).hasSizeGreaterThanOrEqualTo(enough);
  }

  private void orderUntilTheShopIsGone(Shop shop, List<Long> books, Random choice) {
    try {
      while (true) {
        Shop.Reply reply =
            shop.order(books.get(choice.nextInt(books.size())), 1 + choice.nextInt(3));
        if (reply.status() != 201) {
          throw new AssertionError(reply.status() + " " + reply.body());
        }
        JsonNode order = reply.json();
        told.put(order.path("id").asLong(), order);
      }
    } catch (UncheckedIOException e) {
      // Killed. What was under way may be placed or not, but not by half.
    }
  }

  /** Until a scan that began after the start has found nothing. */
  private static void awaitRecovery(Shop shop) {
    long deadline = System.nanoTime() + Duration.ofMinutes(5).toNanos();
    String running = lastScan(shop);
    String next = awaitScanAfter(running, shop, deadline);
    awaitScanAfter(next, shop, deadline);
    while (recovery(shop).path("inDoubt").asInt(-1) != 0) {
      assertThat(System.nanoTime()).as(recovery(shop).toString()).isLessThan(deadline);
    }
    assertThat(recovery(shop).path("toBeRepaired").asInt(-1)).isZero();
  }

  private static String awaitScanAfter(String scan, Shop shop, long deadline) {
    String last = lastScan(shop);
    while (last.equals(scan)) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      last = lastScan(shop);
    }
    return last;
  }

  private static String lastScan(Shop shop) {
    return recovery(shop).path("lastScan").asText();
  }

  private static JsonNode recovery(Shop shop) {
    return shop.get("/health").json().path("recovery");
  }

  private void compare(Shop shop, long book, String what) {
    Map<Long, Integer> ordered = quantities(shop, "orders", "id", book);
    Map<Long, Integer> booked = quantities(shop, "ledger", "orderId", book);
    int taken = STOCK - shop.stock(book);

    assertThat(booked).as(what).isEqualTo(ordered);
    assertThat(taken)
        .as(what)
        .isEqualTo(ordered.values().stream().mapToInt(Integer::intValue).sum());
    for (JsonNode order : told.values()) {
      if (order.path("bookId").asLong() == book) {
        assertThat(ordered)
            .as(what)
            .containsEntry(order.path("id").asLong(), order.path("quantity").asInt());
      }
    }
  }

  private static Map<Long, Integer> quantities(Shop shop, String feed, String id, long book) {
    JsonNode lines = shop.get("/" + feed + "?limit=1000&bookId=" + book).json();
    assertThat(lines.size()).as("all of them").isLessThan(1_000);
    Map<Long, Integer> quantities = new HashMap<>();
    for (JsonNode line : lines) {
      quantities.put(line.path(id).asLong(), line.path("quantity").asInt());
    }
    return quantities;
  }
}
