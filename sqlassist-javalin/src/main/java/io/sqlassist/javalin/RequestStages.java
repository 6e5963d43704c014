package io.sqlassist.javalin;

import io.javalin.config.JavalinState;
import io.javalin.http.Context;
import io.javalin.http.servlet.DefaultTasks;
import io.javalin.http.servlet.JavalinServletContext;
import io.javalin.http.servlet.SubmitOrder;
import io.javalin.http.servlet.Task;
import io.javalin.http.servlet.TaskInitializer;
import java.util.List;
import kotlin.Unit;

/**
 * Where the unit of work stands in Javalin's life cycle of a request: attached before everything,
 * ended after everything, with two nets below for what skips the last stage.
 */
final class RequestStages {

  private final TaskInitializer<JavalinServletContext> first;
  private final TaskInitializer<JavalinServletContext> afterHandler;
  private final TaskInitializer<JavalinServletContext> last;

  RequestStages(SqlAssistPluginConfig config) {
    first = (submit, servlet, ctx, uri) -> RequestUnit.attach(ctx, config, servlet, uri);
    last =
        (submit, servlet, ctx, uri) -> {
          RequestUnit unit = RequestUnit.of(ctx);
          if (unit != null) {
            submit.invoke(SubmitOrder.LAST, always(() -> end(unit, ctx)));
          }
        };
    afterHandler =
        (submit, servlet, ctx, uri) -> {
          RequestUnit unit = RequestUnit.of(ctx);
          if (unit != null) {
            submit.invoke(SubmitOrder.LAST, always(unit::enterThread));
          }
        };
  }

  private static void end(RequestUnit unit, Context ctx) {
    if (ServletState.isAsync(ctx.req())) {
      unit.endAsync();
    } else {
      unit.end();
    }
  }

  private static Task always(Runnable work) {
    return new Task(
        false,
        () -> {
          work.run();
          return Unit.INSTANCE;
        });
  }

  void install(JavalinState state) {
    state.servletRequestLifecycle.add(0, first);
    int http = state.servletRequestLifecycle.indexOf(DefaultTasks.INSTANCE.getHTTP());
    state.servletRequestLifecycle.add(http + 1, afterHandler);
    state.servletRequestLifecycle.add(last);
    // skipRemainingHandlers() drops the last stage too; what is left of the request is the logger.
    state.httpRequestLoggers.add(0, (ctx, executionTimeMs) -> endIfSkipped(ctx));
    state.jetty.modifyServletContextHandler(handler -> handler.addEventListener(new RequestNet()));
  }

  private static void endIfSkipped(Context ctx) {
    RequestUnit unit = RequestUnit.of(ctx);
    if (unit != null) {
      unit.endAtLast();
    }
  }

  /** Refuses to run when the application has replaced the life cycle in which we stand. */
  void verify(JavalinState state) {
    List<TaskInitializer<JavalinServletContext>> stages = state.servletRequestLifecycle;
    int begin = stages.indexOf(first);
    int end = stages.indexOf(last);
    boolean beforeAll =
        begin >= 0
            && List.of(DefaultTasks.INSTANCE.getBEFORE(), DefaultTasks.INSTANCE.getHTTP()).stream()
                .allMatch(stage -> !stages.contains(stage) || begin < stages.indexOf(stage));
    if (!beforeAll || end != stages.size() - 1) {
      throw new IllegalStateException(
          "SqlAssistPlugin can't guarantee the unit of work: its stages are "
              + (begin < 0 || end < 0 ? "missing from" : "not first and last in")
              + " Javalin's request life cycle. Something called requestLifeCycle(...) or changed"
              + " servletRequestLifecycle after the plugin was started. Change the life cycle before"
              + " registering plugins, or keep the stages that are there.");
    }
  }
}
