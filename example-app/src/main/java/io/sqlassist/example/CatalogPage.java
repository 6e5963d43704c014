package io.sqlassist.example;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /?q=&page=}: the catalogue for people, with a search, a way to order, and the latest
 * orders. The template escapes whatever it shows.
 */
final class CatalogPage implements Handler {

  private static final int PAGE_SIZE = 24;
  private static final int LATEST_ORDERS = 6;

  private final Template template = template();

  private record Page(
      String q,
      String heading,
      List<Row> books,
      List<Sold> orders,
      String pages,
      @Nullable String previous,
      @Nullable String next) {}

  private record Row(
      long id, String title, String author, String price, String stock, boolean few, int left) {

    static Row of(ListBooks.Listed book) {
      int left = book.stock();
      String stock =
          left == 0 ? "Sold out" : left <= 3 ? "Only " + left + " left" : left + " in stock";
      return new Row(
          book.id(), book.title(), book.author(), euros(book.priceCents()), stock, left <= 3, left);
    }
  }

  private record Sold(String title, int quantity, String customer) {}

  @Override
  public void handle(Context ctx) {
    String q = Input.text(ctx, "q", ListBooks.MAX_QUERY);
    int page = Input.whole(ctx, "page", 1, 1, ListBooks.MAX_OFFSET / PAGE_SIZE);
    Session reader = ShopSessions.of(ctx).reader();
    long count = ListBooks.count(reader, q);
    long pages = Math.max(1, (count + PAGE_SIZE - 1) / PAGE_SIZE);
    List<Row> books =
        ListBooks.search(reader, q, PAGE_SIZE, (page - 1) * PAGE_SIZE).stream()
            .map(Row::of)
            .toList();
    ctx.contentType("text/html; charset=utf-8");
    ctx.result(
        template.execute(
            new Page(
                q,
                heading(q, count),
                books,
                latestOrders(reader),
                pages == 1 ? "" : "Page " + page + " of " + pages,
                page > 1 ? link(q, page - 1) : null,
                page < pages ? link(q, page + 1) : null)));
  }

  private static List<Sold> latestOrders(Session reader) {
    return reader
        .createSelectionQuery(
            "select b.title, o.quantity, o.customer from BookOrder o join Book b on b.id = o.bookId"
                + " order by o.id desc",
            Sold.class)
        .setMaxResults(LATEST_ORDERS)
        .getResultList();
  }

  private static String heading(String q, long count) {
    String books = count == 1 ? "1 book" : count == 0 ? "No book" : count + " books";
    return q.isEmpty() ? books : books + " for “" + q + "”";
  }

  private static String link(String q, int page) {
    String search = q.isEmpty() ? "" : "q=" + URLEncoder.encode(q, StandardCharsets.UTF_8) + "&";
    return "/?" + search + "page=" + page;
  }

  private static String euros(int cents) {
    return String.format(Locale.ROOT, "€ %d.%02d", cents / 100, cents % 100);
  }

  private static Template template() {
    try (InputStream in =
        Objects.requireNonNull(CatalogPage.class.getResourceAsStream("catalog.mustache"))) {
      return Mustache.compiler()
          .escapeHTML(true)
          .emptyStringIsFalse(true)
          .zeroIsFalse(true)
          .compile(new InputStreamReader(in, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
