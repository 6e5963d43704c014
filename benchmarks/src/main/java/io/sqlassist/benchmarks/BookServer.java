package io.sqlassist.benchmarks;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import io.sqlassist.benchmarks.Database.Use;
import io.sqlassist.debugpanel.DebugPanelPlugin;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.javalin.SqlAssistPlugin;
import io.sqlassist.observe.Observer;
import io.sqlassist.session.DbSessionsContainer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.ServerConnector;
import org.hibernate.SessionFactory;

/**
 * A server of books, by hand or with SqlAssist; the rest is the same. Prints its port and serves
 * until its input ends.
 */
final class BookServer {

  private static final String PINNED = "jdk.VirtualThreadPinned";
  private static final int ACCEPT_QUEUE = 4_096;

  private BookServer() {}

  /** Arguments: the size of each pool, the arm, whether to use virtual threads. */
  public static void main(String[] args) throws Exception {
    int poolSize = Integer.parseInt(args[0]);
    ServerArm arm = ServerArm.valueOf(args[1]);
    boolean virtualThreads = Boolean.parseBoolean(args[2]);
    Database database = Database.named("postgresql");
    Javalin server =
        Javalin.create(
            config -> {
              common(config);
              if (virtualThreads) {
                config.concurrency.useVirtualThreads = true;
                watch(config);
              }
              if (arm == ServerArm.HAND_WRITTEN) {
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

  private static void common(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.jetty.addConnector(
        (jetty, http) -> {
          ServerConnector connector = new ServerConnector(jetty, new HttpConnectionFactory(http));
          connector.setHost("127.0.0.1");
          connector.setPort(0);
          connector.setAcceptQueueSize(ACCEPT_QUEUE);
          return connector;
        });
  }

  /** Tells how many virtual threads were pinned, and how many requests there were at once. */
  private static void watch(JavalinConfig config) {
    Recording recording = new Recording();
    recording.enable(PINNED).withoutThreshold();
    config.routes.get(
        "/watch",
        ctx -> {
          recording.start();
          ctx.result("watching");
        });
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    config.routes.before(
        "/books/*", ctx -> most.accumulateAndGet(now.incrementAndGet(), Math::max));
    config.routes.after("/books/*", ctx -> now.decrementAndGet());
    config.routes.get("/at-once", ctx -> ctx.result(Integer.toString(most.get())));
    config.routes.get("/pinned", ctx -> ctx.result(Long.toString(pinned(recording))));
  }

  private static long pinned(Recording recording) throws IOException {
    Path file = Files.createTempFile("pinned", ".jfr");
    try {
      recording.dump(file);
      List<RecordedEvent> events =
          RecordingFile.readAllEvents(file).stream()
              .filter(event -> event.getEventType().getName().equals(PINNED))
              .toList();
      events.stream().limit(3).forEach(System.err::println);
      return events.size();
    } finally {
      Files.delete(file);
    }
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
      JavalinConfig config, ServerArm arm, Database database, int poolSize) {
    EngineRegistry registry = EngineRegistry.create(Observer.NONE);
    config.registerPlugin(new SqlAssistPlugin(plugin -> plugin.registry = registry));
    if (arm != ServerArm.SQLASSIST) { // before the engines: it watches those that come after it
      config.registerPlugin(new DebugPanelPlugin(panel -> panel.registry = registry));
    }
    Registries.addReaderAndWriter(registry, database, poolSize);
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
