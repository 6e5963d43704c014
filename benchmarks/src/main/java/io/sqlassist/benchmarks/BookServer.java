package io.sqlassist.benchmarks;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import io.sqlassist.benchmarks.Database.Use;
import io.sqlassist.debugpanel.DebugPanelPlugin;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.javalin.SqlAssistPlugin;
import io.sqlassist.session.DbSessionsContainer;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import jdk.jfr.consumer.RecordingStream;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.ServerConnector;
import org.hibernate.SessionFactory;

/**
 * A server of books, by hand or with SqlAssist; the rest is the same. Prints its port and serves
 * until its input ends.
 */
final class BookServer {

  /** How the sessions come into the handlers. */
  enum Arm {
    HAND_WRITTEN,
    SQLASSIST,
    /** With the plugin of the debug panel, in no development mode. */
    PANEL_OFF,
    /** With the debug panel, which records every request. */
    PANEL_ON
  }

  private static final int ACCEPT_QUEUE = 4_096;

  private BookServer() {}

  /** Arguments: the arm, the size of each pool, whether to use virtual threads. */
  public static void main(String[] args) throws Exception {
    Arm arm = Arm.valueOf(args[0]);
    int poolSize = Integer.parseInt(args[1]);
    boolean virtualThreads = Boolean.parseBoolean(args[2]);
    Database database = Database.named("postgresql");
    AtomicLong pinned = new AtomicLong();
    try (RecordingStream recording = new RecordingStream()) {
      recording.enable("jdk.VirtualThreadPinned").withoutThreshold();
      recording.onEvent("jdk.VirtualThreadPinned", event -> pinned.incrementAndGet());
      if (virtualThreads) {
        recording.startAsync();
      }
      Javalin server =
          Javalin.create(
              config -> {
                common(config, virtualThreads, pinned);
                if (arm == Arm.HAND_WRITTEN) {
                  byHand(config, database, poolSize);
                } else {
                  withSqlAssist(config, arm, database, poolSize);
                }
              });
      server.start();
      System.out.println("port " + server.port());
      System.in.transferTo(OutputStream.nullOutputStream());
      server.stop();
    }
  }

  private static void common(JavalinConfig config, boolean virtualThreads, AtomicLong pinned) {
    config.concurrency.useVirtualThreads = virtualThreads;
    config.startup.showJavalinBanner = false;
    config.jetty.addConnector(
        (jetty, http) -> {
          ServerConnector connector = new ServerConnector(jetty, new HttpConnectionFactory(http));
          connector.setHost("127.0.0.1");
          connector.setPort(0);
          connector.setAcceptQueueSize(ACCEPT_QUEUE);
          return connector;
        });
    config.routes.get("/pinned", ctx -> ctx.result(Long.toString(pinned.get())));
  }

  private static void byHand(JavalinConfig config, Database database, int poolSize) {
    HandWritten reading = new HandWritten(database, Use.READING, poolSize);
    HandWritten writing = new HandWritten(database, Use.WRITING, poolSize);
    SessionFactory unused = reading.factory();
    config.routes.get("/unused", ctx -> ctx.result(unused.isOpen() ? "open" : "closed"));
    config.routes.get("/books/{id}", ctx -> answer(ctx, reading.readWithoutTransaction(id(ctx))));
    config.routes.post(
        "/books", ctx -> ctx.status(201).json(Map.of("id", writing.insert(new Book("New", 1)))));
  }

  private static void withSqlAssist(
      JavalinConfig config, Arm arm, Database database, int poolSize) {
    EngineRegistry registry = Registries.readerAndWriter(database, poolSize);
    config.registerPlugin(new SqlAssistPlugin(plugin -> plugin.registry = registry));
    if (arm != Arm.SQLASSIST) {
      config.registerPlugin(new DebugPanelPlugin(panel -> panel.registry = registry));
    }
    config.routes.get("/unused", ctx -> ctx.result("open"));
    config.routes.get(
        "/books/{id}", ctx -> answer(ctx, db(ctx).reader().find(Book.class, id(ctx))));
    config.routes.post(
        "/books",
        ctx -> {
          Book book = new Book("New", 1);
          db(ctx).writer().persist(book);
          ctx.status(201).json(Map.of("id", book.getId()));
        });
  }

  private static DbSessionsContainer db(Context ctx) {
    return ctx.with(SqlAssistPlugin.class);
  }

  private static long id(Context ctx) {
    return Long.parseLong(ctx.pathParam("id"));
  }

  private static void answer(Context ctx, Book book) {
    if (book == null) {
      throw new NotFoundResponse();
    }
    ctx.json(book);
  }
}
