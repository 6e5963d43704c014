package io.sqlassist.javalin;

import static io.sqlassist.javalin.fixture.TestServer.db;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.javalin.fixture.Engines;
import io.sqlassist.javalin.fixture.Note;
import io.sqlassist.javalin.fixture.TestServer;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitFunction;
import io.sqlassist.session.Units;
import io.sqlassist.session.WhenOpen;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.hibernate.Session;
import org.hibernate.exception.ConstraintViolationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same unit of work in a plain call, in a handler, and in a future: the same outcome. */
class EveryModeTest {

  private static Engines engines;

  /** Work in a unit of work; the unit is committed when it returns. */
  private interface Scenario {
    void run(DbSessionsContainer db) throws Exception;
  }

  private enum Mode {
    PLAIN {
      @Override
      void run(Scenario scenario) throws Exception {
        Units.<Exception>useUnit(engines.registry, scenario::run);
      }
    },
    HANDLER {
      @Override
      void run(Scenario scenario) throws Exception {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        try (TestServer server =
            TestServer.start(
                false,
                engines,
                config -> config.routes.get("/", ctx -> attempt(scenario, db(ctx), failure)))) {
          server.get("/");
        }
        rethrow(failure.get());
      }
    },
    FUTURE {
      @Override
      void run(Scenario scenario) throws Exception {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        try (TestServer server =
            TestServer.start(
                false,
                engines,
                config ->
                    config.routes.get(
                        "/",
                        ctx ->
                            ctx.future(
                                () ->
                                    CompletableFuture.runAsync(
                                        db(ctx)
                                            .wrap(() -> attempt(scenario, db(ctx), failure))))))) {
          server.get("/");
        }
        rethrow(failure.get());
      }
    };

    abstract void run(Scenario scenario) throws Exception;

    /** A failed assertion must reach the test, and no mapper of the server's. */
    private static void attempt(
        Scenario scenario, DbSessionsContainer db, AtomicReference<@Nullable Throwable> failure) {
      try {
        scenario.run(db);
      } catch (Exception | Error e) {
        failure.set(e);
        throw new IllegalStateException(e);
      }
    }

    private static void rethrow(@Nullable Throwable failure) throws Exception {
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure instanceof Exception exception) {
        throw exception;
      }
    }
  }

  private final String text = UUID.randomUUID().toString();

  @BeforeAll
  static void startEngines() {
    engines = new Engines(DatabaseKind.H2, 4);
  }

  @AfterAll
  static void closeEngines() {
    engines.close();
  }

  @AfterEach
  void nothingLeaks() {
    engines.assertNothingLeaked();
  }

  private static Void persist(Session session, String note) {
    session.persist(new Note(note));
    session.flush();
    return null;
  }

  @ParameterizedTest
  @EnumSource
  void anAtomicBlockStaysWhenTheRestIsRolledBack(Mode mode) throws Exception {
    mode.run(
        db -> {
          db.on("writer").atomic(session -> persist(session, "block " + text));
          persist(db.writer(), "rest " + text);
          db.doom();
        });

    assertThat(engines.holds("block " + text)).isTrue();
    assertThat(engines.holds("rest " + text)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void aFailedSavepointBlockLeavesTheRest(Mode mode) throws Exception {
    mode.run(
        db -> {
          persist(db.writer(), text);
          assertThatThrownBy(() -> db.on("writer").savepoint(session -> persist(session, text)))
              .isInstanceOf(ConstraintViolationException.class);
          persist(db.writer(), "after " + text);
        });

    assertThat(engines.holds(text)).isTrue();
    assertThat(engines.holds("after " + text)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void aBlockIsRepeatedAfterASerializationFailure(Mode mode) throws Exception {
    mode.run(
        db -> {
          engines.faultyWriter.failNextCommit();
          db.on("writer").retries(2).atomic(session -> persist(session, text));
        });

    assertThat(engines.holds(text)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void aBlockInTimeIsCommitted(Mode mode) throws Exception {
    mode.run(
        db ->
            db.on("writer")
                .timeout(Duration.ofMinutes(2))
                .atomic(WhenOpen.REFUSE, session -> persist(session, text)));

    assertThat(engines.holds(text)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void hooksRunAroundTheCommit(Mode mode) throws Exception {
    List<String> calls = new CopyOnWriteArrayList<>();
    mode.run(
        db -> {
          db.beforeCommit(() -> calls.add("before " + engines.holds(text)));
          db.afterCommit(report -> calls.add("after " + engines.holds(text)));
          db.onClose(() -> calls.add("close"));
          persist(db.writer(), text);
        });

    assertThat(calls).containsExactly("before false", "after true", "close");
  }

  @ParameterizedTest
  @EnumSource
  void whatTheUnitWroteIsReadThroughTheWriter(Mode mode) throws Exception {
    mode.run(
        db -> {
          assertThat(db.readYourWrites()).isSameAs(db.reader());
          db.writer().persist(new Note(text));
          assertThat(db.readYourWrites()).isSameAs(db.writer());
          assertThat(
                  db.readYourWrites()
                      .createSelectionQuery("from Note where text = :text", Note.class)
                      .setParameter("text", text)
                      .list())
              .hasSize(1);
        });
  }

  @ParameterizedTest
  @EnumSource
  void theUnitIsTheCurrentOneAndFoundFromItsSession(Mode mode) throws Exception {
    mode.run(
        db -> {
          assertThat(Units.current()).isSameAs(db);
          assertThat(DbSessionsContainer.of(db.reader())).containsSame(db);
        });
  }

  private UnitFunction<String, RuntimeException> writing(String note) {
    return piece -> {
      persist(piece.writer(), note);
      return note;
    };
  }

  @ParameterizedTest
  @EnumSource
  void piecesOfWorkAreCommittedEachByItself(Mode mode) throws Exception {
    mode.run(
        db -> {
          persist(db.session("ledger"), "rest " + text);
          assertThat(db.concurrently(List.of(writing("1 " + text), writing("2 " + text))))
              .containsExactly("1 " + text, "2 " + text);
          assertThat(Units.current()).isSameAs(db);
          db.doom();
        });

    assertThat(engines.holds("1 " + text)).isTrue();
    assertThat(engines.holds("2 " + text)).isTrue();
    assertThat(engines.ledgerHolds("rest " + text)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void aFailedPieceOfWorkEndsTheOthers(Mode mode) throws Exception {
    CyclicBarrier both = new CyclicBarrier(2);
    mode.run(
        db ->
            assertThatThrownBy(
                    () ->
                        db.<Object, Exception>concurrently(
                            List.of(
                                piece -> {
                                  persist(piece.writer(), text);
                                  both.await(60, TimeUnit.SECONDS);
                                  while (true) {
                                    piece.reader().find(Note.class, 1L);
                                  }
                                },
                                piece -> {
                                  both.await(60, TimeUnit.SECONDS);
                                  throw new IOException("second");
                                })))
                .isInstanceOf(IOException.class)
                .hasMessage("second"));

    assertThat(engines.holds(text)).isFalse();
  }
}
