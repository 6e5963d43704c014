package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The current unit of work on other threads, where that is asked for. */
class WrapTest {

  private final TestEngines engines = TestEngines.shared(DatabaseKind.H2).reset();
  private final ExecutorService pool = Executors.newFixedThreadPool(2);

  @AfterEach
  void nothingStaysBehind() throws Exception {
    for (int i = 0; i < 4; i++) {
      assertThat(pool.submit(Units::findCurrent).get(60, TimeUnit.SECONDS)).isEmpty();
    }
    pool.shutdown();
    assertThat(Units.findCurrent()).isEmpty();
    engines.assertConnectionsAreBackAndClean();
  }

  @Test
  void aChildThreadDoesNotInheritTheUnit() throws Exception {
    try (DbSessionsContainer db = Units.openUnit(engines.registry())) {
      assertThat(Units.current()).isSameAs(db);
      assertThat(pool.submit(Units::findCurrent).get(60, TimeUnit.SECONDS)).isEmpty();
    }
  }

  @Test
  void wrappedWorkHasTheUnitAsItsCurrentOne() throws Exception {
    try (DbSessionsContainer db = Units.openUnit(engines.registry())) {
      Callable<DbSessionsContainer> current = Units::current;

      assertThat(pool.submit(db.wrapCallable(current)).get(60, TimeUnit.SECONDS)).isSameAs(db);
      assertThat(CompletableFuture.supplyAsync(db.wrapSupplier(Units::current), pool).get())
          .isSameAs(db);
      CompletableFuture.runAsync(
              () -> Units.current().writer().persist(new Novel("a")), db.wrap(pool))
          .get(60, TimeUnit.SECONDS);
      db.commit();
    }

    assertThat(engines.isbns("writer")).containsExactly("a");
  }

  @Test
  void exceptionsOfWrappedWorkPass() {
    try (DbSessionsContainer db = Units.openUnit(engines.registry())) {
      Callable<Object> failing =
          () -> {
            throw new IOException("no");
          };

      assertThatThrownBy(() -> db.wrapCallable(failing).call()).isInstanceOf(IOException.class);
      assertThat(Units.current()).isSameAs(db);
    }
  }

  @Test
  void wrappedWorkThatRunsAfterTheEndIsRefused() {
    DbSessionsContainer db = Units.openUnit(engines.registry());
    Runnable late = db.wrap(() -> Units.current().writer());
    db.close();

    assertThatThrownBy(() -> pool.submit(late).get(60, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(UnitEndedException.class);
  }

  @Test
  void wrappedWorkRestoresWhatWasCurrentOnItsThread() throws Exception {
    try (DbSessionsContainer db = engines.unit()) {
      pool.submit(
              () -> {
                try (DbSessionsContainer own = Units.openUnit(engines.registry())) {
                  db.wrap(() -> assertThat(Units.current()).isSameAs(db)).run();
                  assertThat(Units.current()).isSameAs(own);
                }
              })
          .get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void joinedWorkUsesTheCurrentUnitAndLeavesItsEndToTheOwner() {
    assertThatThrownBy(
            () ->
                Units.useUnit(
                    engines.registry(),
                    outer -> {
                      Units.joinUnit(
                          engines.registry(),
                          inner -> {
                            assertThat(inner).isSameAs(outer);
                            inner.writer().persist(new Novel("joined"));
                            return null;
                          });
                      assertThat(outer.isEnded()).isFalse();
                      assertThat(engines.isbns("writer")).isEmpty();
                      throw new IllegalStateException("the owner decides");
                    }))
        .hasMessage("the owner decides");

    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void anExceptionOfJoinedWorkDoesNotRollBackByItself() {
    Units.useUnit(
        engines.registry(),
        outer -> {
          outer.writer().persist(new Novel("outer"));
          assertThatThrownBy(
                  () ->
                      Units.joinUnit(
                          engines.registry(),
                          inner -> {
                            throw new IOException("no");
                          }))
              .isInstanceOf(IOException.class);
        });

    assertThat(engines.isbns("writer")).containsExactly("outer");
  }

  @Test
  void joiningWithoutACurrentUnitOwnsItsOwn() {
    String result =
        Units.joinUnit(
            engines.registry(),
            db -> {
              db.writer().persist(new Novel("own"));
              return "result";
            });

    assertThat(result).isEqualTo("result");
    assertThat(engines.isbns("writer")).containsExactly("own");
  }

  @Test
  void aUnitOverOtherEnginesIsNotJoined() {
    try (TestEngines others = TestEngines.none()) {
      Units.useUnit(
          others.registry(),
          outer ->
              Units.joinUnit(
                  engines.registry(),
                  inner -> {
                    assertThat(inner).isNotSameAs(outer);
                    return null;
                  }));
    }
  }
}
