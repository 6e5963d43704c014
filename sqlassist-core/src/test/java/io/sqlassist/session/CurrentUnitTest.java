package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.fixture.EngineTests;
import io.sqlassist.fixture.Novel;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.hibernate.Session;
import org.junit.jupiter.api.Test;

class CurrentUnitTest extends EngineTests {

  CurrentUnitTest() {
    super(DatabaseKind.H2);
  }

  @Test
  void withoutAUnitTheExceptionSaysWhatToDo() {
    assertThat(Units.findCurrent()).isEmpty();
    assertThatThrownBy(Units::current)
        .isInstanceOf(NoCurrentUnitException.class)
        .hasMessageContaining(Thread.currentThread().getName())
        .hasMessageContaining("inUnit");
  }

  @Test
  void unitIsCurrentInsideAndNotAfterwards() {
    useUnit(db -> assertThat(Units.current()).isSameAs(db));

    assertThat(Units.findCurrent()).isEmpty();
  }

  @Test
  void unitThatFailsIsNotCurrentAfterwards() {
    assertThatThrownBy(
            () ->
                useUnit(
                    db -> {
                      throw new IllegalStateException("fails");
                    }))
        .hasMessage("fails");

    assertThat(Units.findCurrent()).isEmpty();
  }

  @Test
  void openedUnitIsCurrentUntilItIsClosed() {
    DbSessionsContainer db = openUnit();
    assertThat(Units.current()).isSameAs(db);
    db.writer().persist(new Novel("kept"));
    db.commit();
    assertThat(Units.current()).isSameAs(db);
    db.close();

    assertThat(Units.findCurrent()).isEmpty();
    assertThat(engines.isbns("writer")).containsExactly("kept");
  }

  @Test
  void openedUnitThatIsOnlyClosedRollsBack() {
    DbSessionsContainer db = openUnit();
    db.writer().persist(new Novel("lost"));
    db.writer().flush();
    db.close();

    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void outerUnitIsRestoredThreeLevelsDeepWithItsSessionsOpen() {
    useUnit(
        first -> {
          Session one = first.writer();
          useUnit(
              second -> {
                Session two = second.writer();
                useUnit(
                    third -> {
                      assertThat(Units.current()).isSameAs(third);
                      assertThat(third.writer()).isNotSameAs(two).isNotSameAs(one);
                    });
                assertThat(Units.current()).isSameAs(second);
                assertThat(second.writer()).isSameAs(two);
                assertThat(two.isOpen()).isTrue();
              });
          assertThat(Units.current()).isSameAs(first);
          assertThat(first.writer()).isSameAs(one);
          assertThat(one.isOpen()).isTrue();
        });

    assertThat(Units.findCurrent()).isEmpty();
  }

  @Test
  void innerUnitThatFailsLeavesTheOuterOneUntouched() {
    useUnit(
        outer -> {
          outer.writer().persist(new Novel("outer"));
          assertThatThrownBy(
                  () ->
                      useUnit(
                          inner -> {
                            inner.session("ledger").persist(new Novel("inner"));
                            throw new IllegalStateException("inner fails");
                          }))
              .hasMessage("inner fails");
          assertThat(Units.current()).isSameAs(outer);
        });

    assertThat(engines.isbns("writer")).containsExactly("outer");
    assertThat(engines.isbns("ledger")).isEmpty();
  }

  @Test
  void innerUnitKeepsItsWorkWhenTheOuterOneFails() {
    assertThatThrownBy(
            () ->
                useUnit(
                    outer -> {
                      outer.writer().persist(new Novel("outer"));
                      useUnit(inner -> inner.session("ledger").persist(new Novel("inner")));
                      throw new IllegalStateException("outer fails");
                    }))
        .hasMessage("outer fails");

    assertThat(engines.isbns("writer")).isEmpty();
    assertThat(engines.isbns("ledger")).containsExactly("inner");
  }

  @Test
  void closingTheOuterUnitFirstLeavesNothingCurrent() {
    DbSessionsContainer outer = openUnit();
    DbSessionsContainer inner = openUnit();
    outer.close();
    assertThat(Units.findCurrent()).isEmpty();

    inner.close();
    assertThat(Units.findCurrent()).isEmpty();
  }

  @Test
  void leaveOfAUnitThatIsNotCurrentChangesNothing() {
    DbSessionsContainer other = engines.unit();
    useUnit(
        db -> {
          Units.leave(other);
          assertThat(Units.current()).isSameAs(db);
        });
    other.close();
  }

  @Test
  void childThreadDoesNotInheritTheUnit() throws InterruptedException {
    List<Boolean> seen = new ArrayList<>();
    DbSessionsContainer db = openUnit();
    Thread child = new Thread(() -> seen.add(Units.findCurrent().isPresent()));
    child.start();
    child.join(10_000);
    db.close();

    assertThat(seen).containsExactly(false);
  }

  @Test
  void unitOfOneThreadIsNotThatOfAnother() throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      DbSessionsContainer mine = openUnit();
      DbSessionsContainer theirs =
          other
              .submit(
                  () -> {
                    DbSessionsContainer db = openUnit();
                    assertThat(Units.current()).isSameAs(db);
                    return db;
                  })
              .get(60, TimeUnit.SECONDS);
      assertThat(Units.current()).isSameAs(mine).isNotSameAs(theirs);
      mine.close();
      theirs.close();
      assertThat(other.submit(Units::findCurrent).get(60, TimeUnit.SECONDS)).isEmpty();
    } finally {
      other.shutdownNow();
    }
  }

  @Test
  void unitsThatOtherThreadsCloseDoNotPileUpOnAPooledThread() throws Exception {
    ExecutorService pooled = Executors.newSingleThreadExecutor();
    try {
      List<WeakReference<DbSessionsContainer>> units = new ArrayList<>();
      for (int i = 0; i < 3_000; i++) {
        DbSessionsContainer db = pooled.submit(this::openUnit).get(60, TimeUnit.SECONDS);
        db.close();
        units.add(new WeakReference<>(db));
        db = null;
      }
      assertThat(pooled.submit(Units::findCurrent).get(60, TimeUnit.SECONDS)).isEmpty();
      assertThat(collectedWithin(units)).isTrue();
    } finally {
      pooled.shutdownNow();
    }
  }

  private static boolean collectedWithin(List<WeakReference<DbSessionsContainer>> units) {
    for (int i = 0; i < 50; i++) {
      System.gc();
      if (units.stream().allMatch(unit -> unit.get() == null)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void thousandsOfUnitsLeaveNothingBehind() {
    for (int i = 0; i < 2_000; i++) {
      useUnit(db -> db.on("writer").session());
    }

    assertThat(Units.findCurrent()).isEmpty();
    assertThat(events()).filteredOn("ended"::equals).hasSize(2_000);
  }
}
