package io.sqlassist.example;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShowBookTest extends ShopTestBase {

  @Test
  void showsOneBook() {
    long id = shop.addBook("Shown", 250, 3);

    Shop.Reply reply = shop.get("/books/" + id);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(reply.body())
        .isEqualTo(
            "{\"id\":"
                + id
                + ",\"title\":\"Shown\",\"author\":\"A. Uthor\",\"priceCents\":250,\"stock\":3}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"999999999", "0", "-1", "x", "1.5", "99999999999999999999999", "%20"})
  void whatIsNoBookIsNotFound(String id) {
    Shop.Reply reply = shop.get("/books/" + id);

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.error()).startsWith("There is no book");
  }
}
