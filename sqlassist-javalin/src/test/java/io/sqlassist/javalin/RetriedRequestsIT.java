package io.sqlassist.javalin;

import static io.sqlassist.javalin.SqlAssistPlugin.retrying;
import static io.sqlassist.javalin.fixture.TestServer.db;
import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.javalin.fixture.Engines;
import io.sqlassist.javalin.fixture.Note;
import io.sqlassist.javalin.fixture.TestServer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Two requests that are in each other's way in a real database: both succeed in the end. */
class RetriedRequestsIT {

  private final AtomicInteger calls = new AtomicInteger();
  private final CountDownLatch bothAreThere = new CountDownLatch(2);

  static Stream<Arguments> kindsAndThreads() {
    boolean virtualThreads = Runtime.version().feature() >= 21;
    return Stream.of(DatabaseKind.values())
        .flatMap(
            kind ->
                virtualThreads
                    ? Stream.of(Arguments.of(kind, false), Arguments.of(kind, true))
                    : Stream.of(Arguments.of(kind, false)));
  }

  private void serve(
      Engines engines,
      boolean virtualThreads,
      Consumer<JavalinConfig> config,
      Consumer<TestServer> test) {
    try (TestServer server = TestServer.start(virtualThreads, engines, config)) {
      test.accept(server);
      engines.assertNothingLeaked();
    }
  }

  private Handler counted(Handler handler) {
    return retrying(
        5,
        ctx -> {
          calls.incrementAndGet();
          handler.handle(ctx);
        });
  }

  /** Waits in the first attempt of each; later there is nobody to wait for. */
  private void meetTheOther() throws InterruptedException {
    bothAreThere.countDown();
    assertThat(bothAreThere.await(60, TimeUnit.SECONDS)).isTrue();
  }

  private static List<Integer> both(TestServer server, String one, String other) {
    CompletableFuture<Integer> first =
        CompletableFuture.supplyAsync(() -> server.get(one).statusCode());
    CompletableFuture<Integer> second =
        CompletableFuture.supplyAsync(() -> server.get(other).statusCode());
    return List.of(first.join(), second.join());
  }

  private static long count(Session session) {
    return session.createSelectionQuery("select count(*) from Note", Long.class).getSingleResult();
  }

  @ParameterizedTest
  @EnumSource(names = "POSTGRESQL")
  void oneOfTwoSerializableRequestsIsDoneAgainWhenItsCommitIsRefused(DatabaseKind kind) {
    try (Engines engines = new Engines(kind, 4)) {
      serve(
          engines,
          false,
          config ->
              config.routes.get(
                  "/",
                  counted(
                      ctx -> {
                        Session session = db(ctx).writer();
                        session
                            .createNativeMutationQuery(
                                "set transaction isolation level serializable")
                            .executeUpdate();
                        long notes = count(session);
                        meetTheOther();
                        session.persist(new Note("after " + notes));
                      })),
          server -> assertThat(both(server, "/", "/")).containsExactly(200, 200));

      assertThat(calls).hasValueGreaterThan(2);
      assertThat(engines.holds("after 0")).isTrue();
      assertThat(engines.holds("after 1")).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("kindsAndThreads")
  void oneOfTwoRequestsInADeadlockIsDoneAgain(DatabaseKind kind, boolean virtualThreads) {
    try (Engines engines = new Engines(kind, 4)) {
      serve(
          engines,
          virtualThreads,
          config -> {
            config.routes.get(
                "/fill",
                ctx -> {
                  db(ctx).writer().persist(new Note("a"));
                  db(ctx).writer().persist(new Note("b"));
                });
            config.routes.get("/ab", counted(ctx -> addTo(ctx, 1, 2)));
            config.routes.get("/ba", counted(ctx -> addTo(ctx, 2, 1)));
          },
          server -> {
            assertThat(server.get("/fill").statusCode()).isEqualTo(200);
            assertThat(both(server, "/ab", "/ba")).containsExactly(200, 200);
          });

      assertThat(calls).hasValueGreaterThan(2);
      assertThat(engines.holds("a++")).isTrue();
      assertThat(engines.holds("b++")).isTrue();
    }
  }

  private void addTo(Context ctx, long first, long second) throws InterruptedException {
    add(db(ctx).writer(), first);
    meetTheOther();
    add(db(ctx).writer(), second);
  }

  /** By the key: MariaDB would lock the other row, too, on its way through the table. */
  private static void add(Session session, long id) {
    session
        .createMutationQuery("update Note set text = concat(text, '+') where id = :id")
        .setParameter("id", id)
        .executeUpdate();
  }
}
