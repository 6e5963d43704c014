package io.sqlassist.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddBookTest extends ShopTestBase {

  private static final String BOOK =
      "{\"title\": \"T\", \"author\": \"A\", \"priceCents\": 1, \"stock\": 1}";

  @Test
  void theNewBookIsWhereTheAnswerSays() {
    Shop.Reply reply =
        shop.post(
            "/books",
            Map.of("title", " Neu ", "author", "Žofie 𝄞", "priceCents", 990, "stock", 4));

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.json().path("title").asText()).isEqualTo("Neu");
    String location = reply.headers().firstValue("Location").orElseThrow();
    assertThat(location).isEqualTo("/books/" + reply.json().path("id").asLong());
    assertThat(shop.get(location).body()).isEqualTo(reply.body());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "title|\"title\"|\"other\"", // missing, and unknown
        "title|\"T\"|\"\"",
        "title|\"T\"|\"  \"",
        "title|\"T\"|null",
        "title|\"T\"|7",
        "title|\"T\"|[\"T\"]",
        "title|\"T\"|\"a\\u0000b\"",
        "title|\"T\"|\"\\ud800\"",
        "author|\"A\"|{}",
        "author|\"A\"|true",
        "priceCents|1,|-1,",
        "priceCents|1,|1.5,",
        "priceCents|1,|1.0,",
        "priceCents|1,|\"1\",",
        "priceCents|1,|null,",
        "priceCents|1,|10000001,",
        "priceCents|1,|99999999999999999999,",
        "stock|1}|-1}",
        "stock|1}|\"many\"}",
        "stock|1}|1000001}",
        "stock|1}|1e3}"
      })
  void refusesWhatIsNoBookAndNamesTheField(String field, String good, String bad) {
    int at = BOOK.indexOf(good, BOOK.indexOf("\"" + field));
    Shop.Reply reply =
        shop.post("/books", BOOK.substring(0, at) + bad + BOOK.substring(at + good.length()));

    assertThat(reply.status()).as(reply.body()).isEqualTo(400);
    assertThat(reply.field()).isIn(field, "other");
    assertThat(reply.error()).isNotBlank();
  }

  @Test
  void refusesTextsThatAreTooLong() {
    String longest = "x".repeat(Book.MAX_TEXT);
    Map<String, Integer> numbers = Map.of("priceCents", 1, "stock", 1);

    assertThat(shop.post("/books", with(numbers, longest)).status()).isEqualTo(201);
    assertThat(shop.post("/books", with(numbers, longest + "x")).field()).isEqualTo("title");
  }

  private static Map<String, Object> with(Map<String, Integer> numbers, String title) {
    Map<String, Object> book = new java.util.HashMap<>(numbers);
    book.put("title", title);
    book.put("author", "A");
    return book;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{}}",
        "[]",
        "null",
        "7",
        "\"book\"",
        "{\"title\"}",
        "{'a':1}",
        "nix"
      })
  void refusesABodyThatIsNoJsonObject(String body) {
    Shop.Reply reply = shop.post("/books", body);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.error()).startsWith("The body");
  }

  @Test
  void refusesAFieldThatComesTwice() {
    assertThat(shop.post("/books", BOOK.replace("{", "{\"title\": \"U\", ")).status())
        .isEqualTo(400);
  }

  @Test
  void refusesAFieldThatNobodyKnows() {
    Shop.Reply reply = shop.post("/books", BOOK.replace("{", "{\"id\": 1, "));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.field()).isEqualTo("id");
  }

  @Test
  void refusesWhatIsNotUtf8() {
    byte[] latin1 = BOOK.replace("T", "Ü").getBytes(StandardCharsets.ISO_8859_1);

    assertThat(
            shop.send("POST", "/books", "application/json", BodyPublishers.ofByteArray(latin1))
                .status())
        .isEqualTo(400);
  }

  @Test
  void refusesJsonNestedWithoutEnd() {
    assertThat(shop.post("/books", "[".repeat(20_000)).status()).isEqualTo(400);
  }

  @Test
  void refusesABodyThatIsTooBig() {
    assertThat(shop.post("/books", " ".repeat(70_000) + BOOK).status()).isEqualTo(413);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "text/plain", "application/x-www-form-urlencoded"})
  void takesNothingButJson(String contentType) {
    Shop.Reply reply = shop.send("POST", "/books", contentType, BOOK);

    assertThat(reply.status()).isEqualTo(415);
    assertThat(reply.error()).contains("application/json");
  }

  @Test
  void takesJsonWithACharset() {
    assertThat(shop.send("POST", "/books", "Application/JSON; charset=UTF-8", BOOK).status())
        .isEqualTo(201);
  }

  @Test
  void otherMethodsAreToldWhatIsAllowed() {
    Shop.Reply reply = shop.send("DELETE", "/books", "", "");

    assertThat(reply.status()).isEqualTo(405);
    assertThat(reply.headers().firstValue("Allow").orElseThrow()).contains("GET", "POST");
    assertThat(reply.error()).contains("GET", "POST");
  }

  @Test
  void anUnknownPathIsNotFound() {
    Shop.Reply reply = shop.get("/nothing/here");

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.error()).isNotBlank();
  }
}
