package io.sqlassist.example;

import io.javalin.http.Context;
import io.javalin.http.Handler;

/** {@code GET /ledger?bookId=&limit=}: the bookings as the accounting database has them. */
final class LedgerFeed implements Handler {

  private record Entry(long orderId, long bookId, int quantity, long amountCents) {
    static Entry of(Booking it) {
      return new Entry(it.orderId(), it.bookId(), it.quantity(), it.amountCents());
    }
  }

  @Override
  public void handle(Context ctx) {
    ctx.json(
        Feed.of(ctx).read(ShopSessions.of(ctx).ledger(), Booking.class, "orderId").stream()
            .map(Entry::of)
            .toList());
  }
}
