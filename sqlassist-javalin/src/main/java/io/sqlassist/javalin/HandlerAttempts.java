package io.sqlassist.javalin;

import io.javalin.http.Handler;
import io.javalin.http.servlet.DefaultTasks;
import io.javalin.http.servlet.JavalinServlet;
import io.javalin.http.servlet.JavalinServletContext;
import io.javalin.http.servlet.Task;
import io.sqlassist.session.Attempts;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.WhenOpen;
import java.util.Deque;
import java.util.List;
import kotlin.Unit;

/**
 * The attempts at one request's handler. An attempt lasts to the end of the unit of work: the
 * {@code after} handlers belong to it, since their work is undone with it.
 */
final class HandlerAttempts {

  private final RetriedHandler route;
  private final JavalinServletContext ctx;
  private final JavalinServlet servlet;
  private final String uri;
  private final Attempts attempts;
  private final List<Task> afterwards;
  private final Answer answer;
  private final WatchedBody body;

  HandlerAttempts(
      RetriedHandler route,
      JavalinServletContext ctx,
      JavalinServlet servlet,
      String uri,
      DbSessionsContainer container,
      CommitMode mode) {
    if (ServletState.isAsync(ctx.req())) {
      throw new IllegalStateException(
          "The handler of '"
              + ctx.method()
              + " "
              + ctx.path()
              + "' can't be retried: a 'before' handler has made the request asynchronous, and its"
              + " time-out would not wait.");
    }
    this.route = route;
    this.ctx = ctx;
    this.servlet = servlet;
    this.uri = uri;
    attempts =
        new Attempts(
            container,
            route.times(),
            mode == CommitMode.MANUAL ? WhenOpen.REFUSE : WhenOpen.COMMIT);
    afterwards = List.copyOf(ctx.getTasks());
    answer = Answer.of(ctx);
    body = WatchedBody.of(ctx);
  }

  boolean areOf(RetriedHandler handler) {
    return route == handler;
  }

  /** Makes one attempt. If it fails and is to be repeated, what is left of the request says so. */
  void run(Handler handler) throws Exception {
    try {
      handler.handle(ctx);
      refuseFuture();
    } catch (Exception | Error e) {
      if (!repeats(e)) {
        throw e;
      }
      return;
    }
    Deque<Task> tasks = ctx.getTasks();
    if (tasks.isEmpty() && !afterwards.isEmpty()) {
      // skipRemainingHandlers(): the end of the unit still comes before the body, and may fail.
      tasks.add(afterwards.get(afterwards.size() - 1));
    }
  }

  private void refuseFuture() {
    if (ctx.getUserFutureSupplier$javalin() != null || ServletState.isAsync(ctx.req())) {
      throw new IllegalStateException(
          "The handler of '"
              + ctx.method()
              + " "
              + ctx.path()
              + "' can't be retried: it goes on in a future. Do without ctx.future and ctx.async"
              + " there, or repeat blocks of the future's work instead, with"
              + " on(engine).retries(n).atomic(...).");
    }
  }

  /**
   * Prepares another attempt, if that failure allows one.
   *
   * @return whether there is one: the request then goes on with its handler
   */
  boolean repeats(Throwable failure) {
    if (attempts.isRepeatable(failure)
        && !ServletState.isAsync(ctx.req())
        && answer.canBeTakenBack()
        && body.canBeReadAgain(failure)
        && attempts.repeat(failure)) {
      answer.takeBack();
      Deque<Task> tasks = ctx.getTasks();
      tasks.clear();
      DefaultTasks.INSTANCE
          .getHTTP()
          .createTasks(
              (order, task) -> {
                tasks.add(task);
                return Unit.INSTANCE;
              },
              servlet,
              ctx,
              uri);
      tasks.addAll(afterwards);
      return true;
    }
    attempts.giveUp(failure);
    return false;
  }
}
