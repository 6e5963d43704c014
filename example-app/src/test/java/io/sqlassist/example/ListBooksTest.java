package io.sqlassist.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListBooksTest extends ShopTestBase {

  @Test
  void listsAHundredBooksUnlessToldOtherwise() {
    assertThat(shop.get("/books").json()).hasSize(100);
    assertThat(shop.get("/books?limit=3").json()).hasSize(3);
    assertThat(shop.get("/books?limit=1000").json()).hasSizeGreaterThan(400);
  }

  @Test
  void aBookHasTheseFieldsAndNoOthers() {
    List<String> names = new ArrayList<>();
    shop.get("/books?limit=1").json().path(0).fieldNames().forEachRemaining(names::add);

    assertThat(names).containsExactly("id", "title", "author", "priceCents", "stock");
  }

  @Test
  void pagesDoNotOverlap() {
    JsonNode all = shop.get("/books?limit=6").json();
    JsonNode second = shop.get("/books?limit=3&offset=3").json();

    assertThat(second.path(0)).isEqualTo(all.path(3));
    assertThat(second.path(2)).isEqualTo(all.path(5));
  }

  @Test
  void anOffsetBeyondTheEndGivesAnEmptyArray() {
    assertThat(shop.get("/books?offset=1000000").body()).isEqualTo("[]");
  }

  @ParameterizedTest
  @CsvSource({
    "austen, Emma",
    "AUSTEN prejudice, Pride and Prejudice",
    "'kafka schloss', Das Schloss",
    "brontë villette, Villette"
  })
  void findsEachWordInTitleOrAuthor(String q, String title) {
    assertThat(search(q).findValuesAsText("title")).contains(title);
  }

  @Test
  void signsOfPatternsAreOrdinaryCharacters() {
    shop.addBook("100% Wool_Work!", 1, 1);

    assertThat(search("100%")).hasSize(1);
    assertThat(search("l_w")).hasSize(1);
    assertThat(search("work!")).hasSize(1);
    assertThat(search("1%l")).isEmpty();
  }

  @Test
  void aQuoteIsNotTheEndOfTheStatement() {
    assertThat(search("'; drop table books; --")).isEmpty();
    assertThat(search("d'urbervilles")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit=0",
        "limit=1001",
        "limit=-1",
        "limit=x",
        "limit=",
        "limit=1.5",
        "offset=-1",
        "offset=1000001",
        "offset=99999999999999999999",
        "limit=%31%30%20"
      })
  void refusesNumbersOutOfRangeAndNamesTheField(String query) {
    Shop.Reply reply = shop.get("/books?" + query);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.field()).isEqualTo(query.substring(0, query.indexOf('=')));
    assertThat(reply.error()).contains("must be a whole number from");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a%00b", "%ED%A0%80"})
  void whatIsNoTextFindsNothing(String q) {
    assertThat(shop.get("/books?q=" + q).status()).isIn(200, 400);
  }

  @Test
  void refusesASearchThatIsTooLong() {
    assertThat(shop.get("/books?q=" + "x".repeat(101)).field()).isEqualTo("q");
  }

  private static JsonNode search(String q) {
    return shop.get("/books?q=" + URLEncoder.encode(q, StandardCharsets.UTF_8)).json();
  }
}
