package io.sqlassist.example;

import io.javalin.http.Context;
import io.javalin.http.Handler;

/** {@code GET /books/{id}}: one book as JSON, or 404. */
final class ShowBook implements Handler {

  @Override
  public void handle(Context ctx) {
    long id = Input.bookId(ctx);
    Book book = ShopSessions.of(ctx).reader().find(Book.class, id);
    if (book == null) {
      throw Input.noSuchBook(id);
    }
    ctx.json(ListBooks.Listed.of(book));
  }
}
