package io.sqlassist.example;

import io.javalin.http.ConflictResponse;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import io.sqlassist.transaction.PartialCommitException;
import org.hibernate.Session;

/**
 * {@code POST /books/{id}/orders} with {@code {quantity, customer}}: takes the copies out of the
 * stock (engine {@code writer}) and books the money (engine {@code ledger}), or neither, also when
 * the shop is killed in the middle: the two engines commit through JTA. 201, 404, or 409 when stock
 * is short; a line in the audit (engine {@code logger}) in every case.
 *
 * <p>The last copy is sold once: a single {@code UPDATE ... WHERE stock >= quantity} asks and takes
 * in one step. The database locks the row until the commit and looks at the stock again when a
 * waiting order gets it. An optimistic lock would be right too, but would refuse orders that the
 * stock suffices for; a pessimistic one would cost a statement more.
 *
 * <p>The order is committed here and not at the end of the request, because the audit says what
 * became of it.
 */
final class PlaceOrder implements Handler {

  /** The order as the customer sees it. */
  record Placed(long id, long bookId, int quantity, String customer, long amountCents) {}

  @Override
  public void handle(Context ctx) {
    long bookId = Input.bookId(ctx);
    ShopSessions db = ShopSessions.of(ctx);
    AuditLine line = new AuditLine("order", bookId);
    db.logger().persist(line); // durable now: no order without a line
    try {
      Placed placed = place(ctx, db, bookId);
      db.commit();
      line.outcome("placed");
      ctx.status(HttpStatus.CREATED).json(placed);
    } catch (RuntimeException e) {
      line.outcome(outcome(e));
      throw e;
    }
  }

  private static Placed place(Context ctx, ShopSessions db, long bookId) {
    JsonBody body = JsonBody.of(ctx, "quantity", "customer");
    int quantity = body.whole("quantity", 1, BookOrder.MAX_QUANTITY);
    String customer = body.text("customer", BookOrder.MAX_CUSTOMER);

    takeFromStock(db.writer(), bookId, quantity);
    Book book = db.writer().find(Book.class, bookId);
    BookOrder order = new BookOrder(bookId, quantity, customer);
    db.writer().persist(order);
    long amountCents = (long) quantity * book.priceCents();
    db.ledger().persist(new Booking(order.id(), bookId, quantity, amountCents));
    return new Placed(order.id(), bookId, quantity, customer, amountCents);
  }

  private static void takeFromStock(Session writer, long bookId, int quantity) {
    int taken =
        writer
            .createMutationQuery(
                "update Book set stock = stock - :quantity"
                    + " where id = :id and stock >= :quantity")
            .setParameter("id", bookId)
            .setParameter("quantity", quantity)
            .executeUpdate();
    if (taken == 0) {
      Book book = writer.find(Book.class, bookId);
      if (book == null) {
        throw Input.noSuchBook(bookId);
      }
      throw new ConflictResponse(
          book.stock() == 0
              ? "'" + book.title() + "' is sold out."
              : "Not enough copies of '" + book.title() + "': " + book.stock() + " left.");
    }
  }

  private static String outcome(RuntimeException failure) {
    if (failure instanceof PartialCommitException partial) {
      return "in doubt: " + partial.report(); // somebody has to look
    }
    if (failure instanceof HttpResponseException refusal) {
      return switch (HttpStatus.forStatus(refusal.getStatus())) {
        case NOT_FOUND -> "no such book";
        case CONFLICT -> "out of stock";
        default -> "invalid";
      };
    }
    return failure instanceof BadInputException ? "invalid" : "failed";
  }
}
