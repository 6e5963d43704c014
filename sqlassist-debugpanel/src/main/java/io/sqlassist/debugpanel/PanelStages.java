package io.sqlassist.debugpanel;

import io.javalin.config.JavalinState;
import io.javalin.http.Context;
import io.javalin.http.servlet.DefaultTasks;
import io.javalin.http.servlet.JavalinServletContext;
import io.javalin.http.servlet.SubmitOrder;
import io.javalin.http.servlet.Task;
import io.javalin.http.servlet.TaskInitializer;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import kotlin.Unit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the panel stands in Javalin's life cycle of a request: before everything, after the
 * application's last handler, and after the body. Whatever fails here is logged, and the request
 * goes on as if there were no panel.
 */
final class PanelStages {

  private static final Logger LOG = LoggerFactory.getLogger(DebugPanelPlugin.class);

  private static final int MOST_LOGGED = 10;
  private static final AtomicInteger FAILURES = new AtomicInteger();

  private final Panel panel;
  private final TaskInitializer<JavalinServletContext> first;
  private final TaskInitializer<JavalinServletContext> last;

  PanelStages(Panel panel) {
    this.panel = panel;
    first =
        (submit, servlet, ctx, uri) -> {
          if (panel.isOwn(uri)) {
            if (panel.opens(ctx, uri)) {
              // First of all tasks, and the only one: nothing of the application's runs for it.
              submit.invoke(
                  SubmitOrder.FIRST,
                  always(
                      () -> {
                        ctx.skipRemainingHandlers();
                        panel.answer(ctx, uri);
                      }));
            }
          } else {
            safely(() -> panel.begin(ctx));
          }
        };
    last =
        (submit, servlet, ctx, uri) -> {
          TracedRequest traced = TracedRequest.of(ctx.req());
          if (traced != null) {
            submit.invoke(
                SubmitOrder.LAST, always(() -> safely(() -> panel.complete(ctx, traced))));
          }
        };
  }

  private static Task always(Runnable work) {
    return new Task(
        false,
        () -> {
          work.run();
          return Unit.INSTANCE;
        });
  }

  static void safely(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      if (FAILURES.incrementAndGet() <= MOST_LOGGED) {
        LOG.warn("The debug panel failed; the request goes on without it.", e);
      }
    }
  }

  void install(JavalinState state) {
    state.servletRequestLifecycle.add(0, first);
    // Not at the very end, which belongs to who ends the unit of work.
    int after = state.servletRequestLifecycle.indexOf(DefaultTasks.INSTANCE.getAFTER());
    state.servletRequestLifecycle.add(
        after < 0 ? state.servletRequestLifecycle.size() : after + 1, last);
    state.jetty.modifyServletContextHandler(handler -> handler.addEventListener(new Net()));
    state.events.serverStarting(
        () -> {
          verify(state);
          // Now, to be behind all others: what they do still belongs to the request.
          state.httpRequestLoggers.add((ctx, executionTimeMs) -> end(ctx));
        });
    state.events.serverStopping(panel::close);
  }

  private void verify(JavalinState state) {
    List<TaskInitializer<JavalinServletContext>> stages = state.servletRequestLifecycle;
    int begin = stages.indexOf(first);
    int before = stages.indexOf(DefaultTasks.INSTANCE.getBEFORE());
    if (begin < 0 || !stages.contains(last) || (before >= 0 && before < begin)) {
      panel.warn(
          "Something changed Javalin's request life cycle after the panel was started: requests may"
              + " be missing. Change the life cycle before registering plugins, or keep the stages"
              + " that are there.");
    }
  }

  private static void end(Context ctx) {
    TracedRequest traced = TracedRequest.of(ctx.req());
    if (traced != null) {
      safely(traced::finish);
    }
  }

  /** Catches what skips every stage: an answer that could not be written. */
  private static final class Net implements ServletRequestListener {

    @Override
    public void requestDestroyed(ServletRequestEvent event) {
      if (event.getServletRequest() instanceof HttpServletRequest request) {
        TracedRequest traced = TracedRequest.of(request);
        if (traced != null) {
          safely(() -> leave(traced, request));
        }
      }
    }

    private static void leave(TracedRequest traced, HttpServletRequest request) {
      traced.leaveThread();
      if (!request.isAsyncStarted()) {
        traced.finish();
        return;
      }
      try {
        request.getAsyncContext().addListener(new FinishAfterAsync(traced));
      } catch (IllegalStateException e) {
        traced.finish(); // completed just now, by another thread
      }
    }
  }

  private record FinishAfterAsync(TracedRequest traced) implements AsyncListener {

    @Override
    public void onComplete(AsyncEvent event) {
      safely(traced::finish);
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      // Completion follows.
    }

    @Override
    public void onError(AsyncEvent event) {
      // Completion follows.
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
      event.getAsyncContext().addListener(this);
    }
  }
}
