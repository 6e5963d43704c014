package io.sqlassist.javalin.soak;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.router.Endpoint;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.javalin.SqlAssistPlugin;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitOrigin;
import jakarta.persistence.RollbackException;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A running Javalin that serves every kind of request, with or without exception mappers. */
final class SoakServer implements AutoCloseable {

  static final class MappedTo200 extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  static final class MappedTo503 extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  final boolean mappers;
  private final Soak soak;
  private final Javalin javalin;

  SoakServer(Soak soak, EngineRegistry registry, boolean virtualThreads, boolean mappers) {
    this.soak = soak;
    this.mappers = mappers;
    javalin =
        Javalin.create(
                config -> {
                  config.startup.showJavalinBanner = false;
                  config.concurrency.useVirtualThreads = virtualThreads;
                  config.jetty.host = "127.0.0.1";
                  config.registerPlugin(plugin(registry));
                  watchThreads(config);
                  route(config);
                  if (mappers) {
                    map(config);
                  }
                })
            .start(0);
  }

  private static SqlAssistPlugin plugin(EngineRegistry registry) {
    return new SqlAssistPlugin(
        settings -> {
          settings.registry = registry;
          settings.container =
              (engines, origin) ->
                  new DbSessionsContainer(engines, new Numbered(origin, request(origin)));
        });
  }

  /** Names the request in the label of its unit of work, which is how the observer knows it. */
  private record Numbered(UnitOrigin origin, int request) implements UnitOrigin {

    @Override
    public String label() {
      return origin.label() + " #" + request;
    }

    @Override
    public Optional<Object> attribute(String name) {
      return origin.attribute(name);
    }

    @Override
    public void beforeOpening() {
      origin.beforeOpening();
    }
  }

  private static int request(UnitOrigin origin) {
    return request((Context) origin.attribute("request").orElseThrow());
  }

  private static int request(Context ctx) {
    return Integer.parseInt(ctx.path().substring(ctx.path().lastIndexOf('/') + 1));
  }

  /** Before each request: nothing of an earlier one is left on its thread. */
  private void watchThreads(JavalinConfig config) {
    Filter filter =
        (request, response, chain) -> {
          soak.checkThread();
          chain.doFilter(request, response);
        };
    FilterHolder holder = new FilterHolder(filter);
    holder.setAsyncSupported(true);
    config.jetty.modifyServletContextHandler(
        handler -> handler.addFilter(holder, "/*", EnumSet.of(DispatcherType.REQUEST)));
  }

  private void route(JavalinConfig config) {
    for (Kind kind : Kind.values()) {
      String path = kind.path() + "/{request}";
      switch (kind.stage) {
        case BEFORE -> {
          config.routes.before(path, ctx -> serve(kind, ctx));
          config.routes.post(path, ctx -> soak.problems.add(ctx.path() + " was not skipped"));
        }
        case HANDLER ->
            config.routes.addEndpoint(
                Endpoint.create(kind.method, path)
                    .addMetadata(kind.mode)
                    .handler(ctx -> serve(kind, ctx)));
        case NOWHERE -> {
          // not found
        }
      }
    }
    config.routes.addHttpHandler(HandlerType.GET, "/elsewhere", ctx -> {});
  }

  private void serve(Kind kind, Context ctx) throws Exception {
    kind.work.doFor(new Call(ctx, request(ctx), soak));
  }

  private static void map(JavalinConfig config) {
    config.routes.exception(
        MappedTo200.class, (e, ctx) -> ctx.status(200).result("made up for it"));
    config.routes.exception(MappedTo503.class, (e, ctx) -> ctx.status(503).result("later"));
    config.routes.exception(RollbackException.class, (e, ctx) -> ctx.status(503).result("again"));
  }

  int port() {
    return javalin.port();
  }

  /** Looks at every idle thread of the pool at once; returns how many there were. */
  int checkThreads() {
    if (!(javalin.jettyServer().threadPool() instanceof QueuedThreadPool pool)) {
      return 0; // a virtual thread ends with its request
    }
    int idle = pool.getIdleThreads();
    CountDownLatch allHere = new CountDownLatch(idle);
    AtomicInteger checked = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(idle);
    for (int i = 0; i < idle; i++) {
      pool.execute(
          () -> {
            allHere.countDown();
            await(allHere); // so that none of them takes a second task
            soak.checkThread();
            checked.incrementAndGet();
            done.countDown();
          });
    }
    await(done);
    return checked.get();
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(5, TimeUnit.SECONDS)) {
        return; // a thread has left the pool meanwhile
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    javalin.stop();
  }
}
