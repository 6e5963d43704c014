package io.sqlassist.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class CatalogPageTest extends ShopTestBase {

  @Test
  void showsBooksWithPriceAndStock() {
    shop.addBook("Catalogued", 1_205, 7);

    Shop.Reply page = shop.get("/?q=catalogued");

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html;charset=utf-8");
    assertThat(page.body())
        .contains("1 book for “catalogued”", "Catalogued", "€ 12.05", "7 in stock");
  }

  @Test
  void offersNoOrderOfABookThatIsSoldOut() {
    shop.addBook("Exhausted", 100, 0);

    assertThat(shop.get("/?q=exhausted").body()).contains("Sold out").doesNotContain("data-order=");
  }

  @Test
  void hasNoDebugPanelUnlessTheModeSaysSo() {
    assertThat(shop.get("/").body()).doesNotContain("__sqlassist");
    assertThat(shop.get("/__sqlassist/").status()).isEqualTo(404);
  }

  @Test
  void escapesWhateverPeopleTypedIn() {
    long id =
        shop.post(
                "/books",
                Map.of(
                    "title",
                    "<script>alert('title')</script>",
                    "author",
                    "\"><img src=x onerror=alert(1)>",
                    "priceCents",
                    1,
                    "stock",
                    5))
            .json()
            .path("id")
            .asLong();
    shop.post("/books/" + id + "/orders", Map.of("quantity", 1, "customer", "<b>Ann</b>"));

    String page = shop.get("/?q=%3Cscript%3Ealert").body();

    assertThat(page)
        .contains("&lt;script&gt;alert(&#39;title&#39;)", "&lt;b&gt;Ann&lt;/b&gt;")
        .doesNotContain("<script>alert", "<img", "<b>");
  }

  @Test
  void aSearchCanNotBreakOutOfItsField() {
    assertThat(shop.get("/?q=%22%3E%3Cscript%3Ex").body())
        .doesNotContain("\"><script>x")
        .contains("&quot;&gt;&lt;script&gt;x");
  }

  @Test
  void showsTheLatestOrdersFirst() {
    long id = shop.addBook("Freshly Sold", 100, 9);
    shop.post("/books/" + id + "/orders", Map.of("quantity", 1, "customer", "Earlier"));
    shop.post("/books/" + id + "/orders", Map.of("quantity", 2, "customer", "Later"));

    assertThat(shop.get("/").body()).containsSubsequence("Later", "Earlier");
  }

  @Test
  void leadsFromPageToPage() {
    assertThat(shop.get("/").body())
        .contains("Page 1 of", "href=\"/?page&#x3D;2\"")
        .doesNotContain("← Previous");
    assertThat(shop.get("/?q=the&page=2").body())
        .contains("href=\"/?q&#x3D;the&amp;page&#x3D;1\"", "href=\"/?q&#x3D;the&amp;page&#x3D;3\"");
  }

  @Test
  void saysSoWhenNothingIsFound() {
    assertThat(shop.get("/?q=nosuchbook").body()).contains("No book for", "Nothing found");
  }

  @Test
  void refusesAPageThatIsNoNumber() {
    assertThat(shop.get("/?page=x").status()).isEqualTo(400);
  }

  @Test
  void showsTitlesInEveryScript() {
    assertThat(shop.get("/?q=Достоевский").body()).contains("Преступление и наказание");
    assertThat(shop.get("/?q=源氏物語").body()).contains("紫式部");
  }
}
