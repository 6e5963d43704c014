package io.sqlassist.example;

import io.javalin.http.Context;
import io.javalin.http.Handler;

/** {@code GET /orders?bookId=&limit=}: the orders as the shop database has them. */
final class OrdersFeed implements Handler {

  private record Order(long id, long bookId, int quantity, String customer) {
    static Order of(BookOrder it) {
      return new Order(it.id(), it.bookId(), it.quantity(), it.customer());
    }
  }

  @Override
  public void handle(Context ctx) {
    ctx.json(
        Feed.of(ctx).read(ShopSessions.of(ctx).reader(), BookOrder.class, "id").stream()
            .map(Order::of)
            .toList());
  }
}
