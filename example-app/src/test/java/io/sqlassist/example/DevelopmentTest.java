package io.sqlassist.example;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("own-shop")
class DevelopmentTest {

  private static final String MODE = "sqlassist.mode";
  private static ShopApp app;
  private static Shop shop;

  @BeforeAll
  static void openInDevelopment() {
    System.setProperty(MODE, "dev");
    try {
      app = ShopApp.start(new ShopConfig(0, false, null));
    } finally {
      System.clearProperty(MODE);
    }
    shop = new Shop(app.url());
  }

  @AfterAll
  static void close() {
    app.close();
  }

  @Test
  void theCatalogueHasTheToolbarAndThePanelListsIt() {
    Shop.Reply page = shop.get("/");
    String id = page.headers().firstValue("X-SqlAssist-Request").orElseThrow();

    assertThat(page.body()).contains("/__sqlassist/assets/").contains("toolbar.js");
    assertThat(
            shop.get("/__sqlassist/api/requests/" + id)
                .json()
                .at("/trace/totals/statements")
                .asInt())
        .isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "n-plus-one,repeated-statement",
    "duplicate,duplicate-statement",
    "idle,connection-held-idle"
  })
  void whatIsSlowOnPurposeIsFound(String slow, String finding) {
    Shop.Reply books = shop.get("/books?slow=" + slow);
    String id = books.headers().firstValue("X-SqlAssist-Request").orElseThrow();

    assertThat(books.status()).isEqualTo(200);
    assertThat(shop.get("/__sqlassist/api/requests/" + id).json().at("/trace/findings").toString())
        .contains("\"" + finding + "\"");
  }
}
