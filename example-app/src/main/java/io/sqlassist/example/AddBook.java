package io.sqlassist.example;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.Header;
import io.javalin.http.HttpStatus;

/**
 * {@code POST /books} with {@code {title, author, priceCents, stock}}: 201 with the new book and
 * its {@code Location}. There is no commit to write: the request is the unit of work, and a 201 is
 * sent only once the book is durable.
 */
final class AddBook implements Handler {

  @Override
  public void handle(Context ctx) {
    JsonBody body = JsonBody.of(ctx, "title", "author", "priceCents", "stock");
    Book book =
        new Book(
            body.text("title", Book.MAX_TEXT),
            body.text("author", Book.MAX_TEXT),
            body.whole("priceCents", 0, Book.MAX_PRICE_CENTS),
            body.whole("stock", 0, Book.MAX_STOCK));
    ShopSessions.of(ctx).writer().persist(book);
    ctx.status(HttpStatus.CREATED)
        .header(Header.LOCATION, "/books/" + book.id())
        .json(ListBooks.Listed.of(book));
  }
}
