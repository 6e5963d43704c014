package io.sqlassist.javalin;

import io.javalin.http.Context;
import io.javalin.http.Handler;

/** A handler that is called again when others were in its way. */
final class RetriedHandler implements Handler {

  private final int times;
  private final Handler handler;

  RetriedHandler(int times, Handler handler) {
    if (times < 1) {
      throw new IllegalArgumentException(
          "A handler must be retried at least once, not " + times + " times.");
    }
    this.times = times;
    this.handler = handler;
  }

  int times() {
    return times;
  }

  @Override
  public void handle(Context ctx) throws Exception {
    RequestUnit unit = RequestUnit.of(ctx);
    HandlerAttempts attempts = unit == null ? null : unit.attempts(this);
    if (attempts == null) {
      handler.handle(ctx);
    } else {
      attempts.run(handler);
    }
  }
}
