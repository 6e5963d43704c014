package io.sqlassist.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What orders, ledger and audit have in common. */
class FeedTest extends ShopTestBase {

  @ParameterizedTest
  @ValueSource(strings = {"orders", "ledger", "audit"})
  void newestFirstAndNoMoreThanAskedFor(String feed) {
    long book = shop.addBook("Fed " + feed, 10, 9);
    shop.order(book, 1);
    shop.order(book, 2);
    shop.order(book, 3);

    JsonNode all = shop.feed(feed, book);
    JsonNode two = shop.get("/" + feed + "?limit=2&bookId=" + book).json();

    assertThat(all).hasSize(3);
    assertThat(two).hasSize(2);
    assertThat(two.path(0)).isEqualTo(all.path(0));
    assertThat(shop.get("/" + feed).json().path(0)).isEqualTo(all.path(0));
    if (!feed.equals("audit")) {
      assertThat(all.findValuesAsText("quantity")).isEqualTo(List.of("3", "2", "1"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"orders", "ledger", "audit"})
  void aBookWithoutAnythingGivesAnEmptyArray(String feed) {
    assertThat(shop.get("/" + feed + "?bookId=999999998").body()).isEqualTo("[]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"orders", "ledger", "audit"})
  void refusesNumbersOutOfRange(String feed) {
    for (String query :
        List.of("limit=0", "limit=1001", "limit=ten", "bookId=0", "bookId=-1", "bookId=x")) {
      Shop.Reply reply = shop.get("/" + feed + "?" + query);
      assertThat(reply.status()).as(query).isEqualTo(400);
      assertThat(reply.field()).isEqualTo(query.substring(0, query.indexOf('=')));
    }
    assertThat(shop.get("/" + feed + "?limit=1000").status()).isEqualTo(200);
  }

  @Test
  void theAuditSaysWhen() {
    Instant before = Instant.now();
    long book = shop.addBook("Timed", 10, 9);
    shop.order(book, 1);

    JsonNode line = shop.feed("audit", book).path(0);

    assertThat(line.path("action").asText()).isEqualTo("order");
    assertThat(Instant.parse(line.path("at").asText()))
        .isBetween(before.truncatedTo(ChronoUnit.SECONDS), Instant.now());
  }
}
