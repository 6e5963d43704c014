package io.sqlassist.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With SHOP_DATA the data stays, however the shop ends. */
@Tag("own-shop")
class ShopDataIT {

  /** The same for both kinds of databases, since a JVM can have one transaction log. */
  @TempDir static Path kept;

  private static final List<String> FEEDS = List.of("orders", "ledger", "audit");

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theDataIsThereAfterARestart(boolean servers) {
    ShopConfig config = new ShopConfig(0, servers, kept.resolve("it's kept"));
    long book;
    List<String> before;
    try (ShopApp app = ShopApp.start(config)) {
      Shop shop = new Shop(app.url());
      book = shop.addBook("Kept", 100, 5);
      shop.order(book, 2);
      before = everything(shop, book);
    }
    try (ShopApp app = ShopApp.start(config)) {
      Shop shop = new Shop(app.url());

      assertThat(everything(shop, book)).isEqualTo(before);
      assertThat(shop.stock(book)).isEqualTo(3);
      assertThat(shop.order(book, 1).status()).isEqualTo(201);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"embedded", "servers"})
  void whatWasAnsweredIsThereAfterAKill(String databases, @TempDir Path directory)
      throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    Map<String, String> environment =
        Map.of(
            "PORT",
            "0",
            "SHOP_DATABASES",
            databases,
            "SHOP_DATA",
            directory.resolve("data").toString());
    long book;
    List<String> before;
    try (ChildShop child = ChildShop.start(temporary, environment)) {
      Shop shop = child.open();
      book = shop.addBook("Survivor", 100, 50);
      for (int i = 0; i < 10; i++) {
        shop.order(book, 1);
      }
      before = everything(shop, book);
      shop.order(book, 1);
      child.kill();
      child.awaitExit();
    }
    try (ChildShop child = ChildShop.start(temporary, environment)) {
      Shop shop = child.open();

      assertThat(shop.stock(book)).isEqualTo(39);
      for (int i = 0; i < FEEDS.size(); i++) {
        String kept = shop.feed(FEEDS.get(i), book).toString();
        assertThat(shop.feed(FEEDS.get(i), book)).hasSize(11);
        assertThat(kept).endsWith(before.get(i + 1).substring(1));
      }
      assertThat(shop.order(book, 1).status()).isEqualTo(201);
    }
  }

  /** The book, then what each feed says of it. */
  private static List<String> everything(Shop shop, long book) {
    List<String> all = new ArrayList<>();
    all.add(shop.get("/books/" + book).body());
    for (String feed : FEEDS) {
      all.add(shop.feed(feed, book).toString());
    }
    return all;
  }
}
