package io.sqlassist.example;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.hibernate.Session;

/**
 * {@code GET /books?slow=}, in development only: does before the answer what applications do by
 * mistake, for the debug panel to find it.
 */
final class SlowOnPurpose implements Handler {

  private static final int BOOKS = 20;

  @Override
  public void handle(Context ctx) {
    Session reader = ShopSessions.of(ctx).reader();
    switch (Input.text(ctx, "slow", 20)) {
      case "n-plus-one" -> askForEachBook(reader);
      case "duplicate" -> askTwice(reader);
      case "idle" -> waitWithAConnection(ctx);
      default -> {
        // Not asked for.
      }
    }
  }

  /** One statement for the books, and one more for each of them. */
  private static void askForEachBook(Session reader) {
    for (ListBooks.Listed book : ListBooks.search(reader, "", BOOKS, 0)) {
      reader
          .createSelectionQuery("select count(*) from BookOrder o where o.bookId = :id", Long.class)
          .setParameter("id", book.id())
          .getSingleResult();
    }
  }

  private static void askTwice(Session reader) {
    ListBooks.count(reader, "river");
    ListBooks.count(reader, "river");
  }

  /** A transaction has begun, and something else takes its time: much more than the database. */
  private static void waitWithAConnection(Context ctx) {
    long begin = System.nanoTime();
    ListBooks.count(ShopSessions.of(ctx).writer(), "");
    long counted = System.nanoTime();
    long wait = Math.max(Duration.ofMillis(250).toNanos(), 20 * (counted - begin));
    while (System.nanoTime() - counted < wait) {
      LockSupport.parkNanos(wait - (System.nanoTime() - counted));
    }
  }
}
