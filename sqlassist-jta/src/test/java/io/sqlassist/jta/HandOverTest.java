package io.sqlassist.jta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.javalin.Javalin;
import io.sqlassist.engine.EngineBusyException;
import io.sqlassist.javalin.SqlAssistPlugin;
import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.JtaShop;
import io.sqlassist.jta.fixture.ThisNode;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A transaction follows its unit of work over threads, and stays on none. */
class HandOverTest {

  private static JtaShop shop;

  @BeforeAll
  static void start() {
    shop = new JtaShop(ThisNode.emptyStore()).withEngines();
  }

  @AfterAll
  static void stop() {
    shop.close();
  }

  @BeforeEach
  void reset() {
    shop.reset();
  }

  /** As many requests at once as the JVM has cheap threads for. */
  static ExecutorService manyThreads() {
    try {
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (ReflectiveOperationException e) {
      return Executors.newCachedThreadPool(); // a JVM without virtual threads
    }
  }

  private static <T> T elsewhere(java.util.concurrent.Callable<T> work) {
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      return other
          .submit(
              () -> {
                try {
                  return work.call();
                } finally {
                  assertThat(
                          com.arjuna.ats.jta.TransactionManager.transactionManager()
                              .getTransaction())
                      .isNull();
                }
              })
          .get();
    } catch (Exception e) {
      throw new AssertionError(e);
    } finally {
      other.shutdown();
    }
  }

  @Test
  void eachStepOnAThreadOfItsOwnIsStillOneTransaction() {
    DbSessionsContainer db = shop.openUnit();
    Units.leave(db);
    db.session("orders").persist(new Entry(1, "one"));
    db.session("orders").flush();
    elsewhere(
        () -> {
          db.session("orders").persist(new Entry(2, "two"));
          db.session("ledger").persist(new Entry(1, "one"));
          db.session("ledger").flush();
          return true;
        });
    elsewhere(() -> db.commit());
    elsewhere(
        () -> {
          db.session("ledger").persist(new Entry(3, "undone"));
          db.session("ledger").flush();
          return true;
        });
    db.close();
    assertThat(shop.texts("orders")).containsExactly("one", "two");
    assertThat(shop.texts("ledger")).containsExactly("one");
  }

  @Test
  void enginesInOppositeOrderNeverWaitForEachOther() throws Exception {
    int many = 300;
    ExecutorService threads = manyThreads();
    List<Future<?>> done = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      int id = i;
      done.add(
          threads.submit(
              () ->
                  shop.useUnit(
                      db -> {
                        String first = id % 2 == 0 ? "orders" : "ledger";
                        String second = id % 2 == 0 ? "ledger" : "orders";
                        db.session(first).persist(new Entry(id, "entry " + id));
                        db.session(first).flush();
                        db.session(second).persist(new Entry(id, "entry " + id));
                        db.session(second).flush();
                        if (id % 7 == 0) {
                          db.doom();
                        }
                      })));
    }
    for (Future<?> each : done) {
      each.get(5, TimeUnit.MINUTES);
    }
    threads.shutdown();
    assertThat(shop.texts("orders")).hasSize(many - (many + 6) / 7);
    assertThat(shop.texts("ledger")).isEqualTo(shop.texts("orders"));
  }

  @Test
  void requestsAndFuturesOfJavalinCommitTogether() throws Exception {
    ExecutorService workers = manyThreads();
    Javalin app =
        Javalin.create(
            config -> {
              config.registerPlugin(new SqlAssistPlugin(cfg -> cfg.registry = shop.registry()));
              config.routes.post(
                  "/handler/{id}",
                  ctx -> {
                    write(ctx.with(SqlAssistPlugin.class), Long.parseLong(ctx.pathParam("id")));
                    if (ctx.queryParam("fail") != null) {
                      throw new IllegalStateException("asked for");
                    }
                  });
              config.routes.post(
                  "/future/{id}",
                  ctx -> {
                    DbSessionsContainer db = ctx.with(SqlAssistPlugin.class);
                    long id = Long.parseLong(ctx.pathParam("id"));
                    boolean fails = ctx.queryParam("fail") != null;
                    db.session("orders").persist(new Entry(id, "entry " + id));
                    db.session("orders").flush();
                    ctx.future(
                        () ->
                            CompletableFuture.runAsync(
                                    () -> {
                                      db.session("ledger").persist(new Entry(id, "entry " + id));
                                      db.session("ledger").flush();
                                    },
                                    workers)
                                .thenRunAsync(
                                    () -> {
                                      if (fails) {
                                        throw new IllegalStateException("asked for");
                                      }
                                    },
                                    workers));
                  });
            });
    app.start("127.0.0.1", 0);
    try {
      HttpClient client = HttpClient.newHttpClient();
      assertThat(post(client, app, "/handler/1")).isEqualTo(200);
      assertThat(post(client, app, "/handler/2?fail=1")).isEqualTo(500);
      for (int i = 3; i < 23; i++) {
        assertThat(post(client, app, "/future/" + i + (i % 2 == 0 ? "?fail=1" : "")))
            .isEqualTo(i % 2 == 0 ? 500 : 200);
      }
    } finally {
      app.stop();
      workers.shutdown();
    }
    assertThat(shop.texts("orders")).hasSize(11).contains("entry 1", "entry 3", "entry 21");
    assertThat(shop.texts("ledger")).isEqualTo(shop.texts("orders"));
  }

  private static void write(DbSessionsContainer db, long id) {
    db.session("orders").persist(new Entry(id, "entry " + id));
    db.session("ledger").persist(new Entry(id, "entry " + id));
  }

  private static int post(HttpClient client, Javalin app, String path) throws Exception {
    return client
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + app.port() + path))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build(),
            BodyHandlers.discarding())
        .statusCode();
  }

  /** To connect may take longer than the holder may wait. */
  private static void untilItHasConnected(String engine) {
    for (int i = 0; ; i++) {
      try {
        shop.useUnit(db -> db.session(engine).createNativeQuery("select 1", Integer.class).list());
        return;
      } catch (EngineBusyException e) {
        if (i == 100) {
          throw e;
        }
      }
    }
  }

  @Test
  void aPoolThatIsTakenByOthersIsToldAsBusy() {
    XaPool pool = XaPool.of(JtaShop.h2());
    pool.maximumPoolSize = 1;
    pool.connectionTimeout = java.time.Duration.ofMillis(100);
    shop.jta().initializeEngine("narrow", pool, config -> config.entities());
    try {
      untilItHasConnected("narrow");
      shop.useUnit(
          db -> {
            db.session("narrow").createNativeQuery("select 1", Integer.class).list();
            assertThatThrownBy(
                    () ->
                        elsewhere(
                            () -> {
                              shop.useUnit(
                                  other ->
                                      other
                                          .session("narrow")
                                          .createNativeQuery("select 1", Integer.class)
                                          .list());
                              return true;
                            }))
                .hasStackTraceContaining("EngineBusyException")
                .hasStackTraceContaining("narrow");
          });
    } finally {
      shop.registry().remove("narrow");
    }
  }
}
