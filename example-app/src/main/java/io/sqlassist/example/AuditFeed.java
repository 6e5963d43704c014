package io.sqlassist.example;

import io.javalin.http.Context;
import io.javalin.http.Handler;

/** {@code GET /audit?bookId=&limit=}: what was tried, and what became of it. */
final class AuditFeed implements Handler {

  private record Line(String at, String action, long bookId, String outcome) {
    static Line of(AuditLine it) {
      return new Line(it.happenedAt().toString(), it.action(), it.bookId(), it.outcome());
    }
  }

  @Override
  public void handle(Context ctx) {
    ctx.json(
        Feed.of(ctx).read(ShopSessions.of(ctx).logger(), AuditLine.class, "id").stream()
            .map(Line::of)
            .toList());
  }
}
