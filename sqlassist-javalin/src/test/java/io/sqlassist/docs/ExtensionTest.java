package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.SqlAssist;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.observe.Observer;
import io.sqlassist.observe.UnitInfo;
import io.sqlassist.observe.UnitObserver;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitOrigin;
import io.sqlassist.session.Units;
import io.sqlassist.transaction.CommitReport;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of docs/architecture.md. */
class ExtensionTest {

  @BeforeEach
  void openShop() {
    Shop.startEngines();
  }

  @AfterEach
  void closeShop() {
    Shop.close();
  }

  // tag::observer[]
  /** Tells how long each unit of work lasted, and what it committed. */
  static final class Stopwatch implements Observer {

    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public UnitObserver unitStarted(UnitInfo unit) {
      long startNanos = System.nanoTime();
      return new UnitObserver() {
        private CommitReport committed = CommitReport.EMPTY;

        @Override
        public void committed(CommitReport report) {
          committed = report;
        }

        @Override
        public void ended() {
          long micros = (System.nanoTime() - startNanos) / 1_000;
          lines.add(unit.label() + " " + committed + " in " + micros + " us");
        }
      };
    }
  }

  // end::observer[]

  @Test
  void anObserverHasOneObjectForEachUnit() {
    Stopwatch stopwatch = new Stopwatch();
    // tag::observe[]
    SqlAssist.registry().observe(stopwatch);
    // end::observe[]

    SqlAssist.useUnit(db -> db.writer().persist(new Book("Emma")));

    assertThat(stopwatch.lines).singleElement().asString().contains("[writer=COMMITTED] in ");
  }

  // tag::jobs[]
  /** Gives each job of a scheduler a unit of work with the job's name. */
  static void runJob(EngineRegistry engines, String name, Runnable job) {
    UnitOrigin origin = () -> "job " + name;
    DbSessionsContainer db = new DbSessionsContainer(engines, origin);
    Units.enter(db); // Units.current() finds it on this thread
    try {
      job.run();
      db.commitAndClose();
    } catch (RuntimeException | Error e) {
      db.closeBecause(e); // rolls back; what fails meanwhile is suppressed in e
      throw e;
    }
  }

  // end::jobs[]

  @Test
  void aSchedulerIsIntegratedInTenLines() {
    runJob(
        SqlAssist.registry(), "restock", () -> Units.current().writer().persist(new Book("Emma")));
    assertThatThrownBy(
            () ->
                runJob(
                    SqlAssist.registry(),
                    "fail",
                    () -> {
                      Units.current().writer().persist(new Book("Persuasion"));
                      throw new SoldOutException();
                    }))
        .isInstanceOf(SoldOutException.class);

    assertThat(Shop.titles()).containsExactly("Emma");
    assertThat(Units.findCurrent()).isEmpty();
  }
}
