package io.sqlassist.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.fixture.Book;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.LogCapture;
import io.sqlassist.fixture.RecordingObserver;
import io.sqlassist.session.Units;
import io.sqlassist.transaction.CommitReport;
import io.sqlassist.transaction.Outcome;
import io.sqlassist.transaction.PartialCommitException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoggingObserverTest {

  private LogCapture log;

  @BeforeEach
  void capture() {
    log = LogCapture.of("io.sqlassist");
  }

  @AfterEach
  void stop() {
    log.close();
  }

  private static EngineRegistry shop(Observer observer) {
    EngineRegistry registry = EngineRegistry.create(observer);
    registry.initializeEngine(
        "writer",
        H2.dataSource(),
        c -> c.entities(Book.class).property("hibernate.hbm2ddl.auto", "create"));
    return registry;
  }

  @Test
  void engineLinesBeginWithTheEngine() {
    shop(new LoggingObserver()).close();

    assertThat(log.events())
        .extracting(ILoggingEvent::getLoggerName)
        .containsOnly("io.sqlassist.engine");
    assertThat(log.lines()).hasSize(2).allSatisfy(line -> assertThat(line).startsWith("writer - "));
    assertThat(log.lines().get(0)).contains("READ_WRITE on H2").contains("[Book]");
    assertThat(log.lines().get(1)).isEqualTo("writer - stopped");
    assertThat(log.events()).extracting(ILoggingEvent::getLevel).containsOnly(Level.INFO);
  }

  @Test
  void warningsBeginWithTheEngineToo() {
    new LoggingObserver().engineWarning("reader", "do something");

    assertThat(log.lines()).containsExactly("reader - do something");
    assertThat(log.events()).extracting(ILoggingEvent::getLevel).containsExactly(Level.WARN);
  }

  @Test
  void unitLinesBeginWithTheUnit() {
    EngineRegistry registry = shop(new LoggingObserver());
    log.clear();

    Units.useUnit(registry, db -> db.writer().persist(new Book(1, "one")));

    assertThat(log.events())
        .extracting(ILoggingEvent::getLoggerName)
        .containsOnly("io.sqlassist.unit");
    String unit = log.lines().get(0).split(" - ", 2)[0];
    assertThat(unit).matches("\\d+ .*");
    assertThat(log.lines())
        .hasSize(5)
        .allSatisfy(line -> assertThat(line).startsWith(unit + " - "));
    assertThat(log.events()).extracting(ILoggingEvent::getLevel).containsOnly(Level.DEBUG);
    registry.close();
  }

  @Test
  void incompleteCommitIsAnError() {
    UnitObserver unit =
        new LoggingObserver().unitStarted(new UnitInfo(7, "POST /orders", Instant.EPOCH));
    log.clear();
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    outcomes.put("writer", Outcome.COMMITTED);
    outcomes.put("ledger", Outcome.UNKNOWN);

    unit.commitFailed(
        new PartialCommitException(new CommitReport(outcomes), new IllegalStateException("gone")));

    assertThat(log.lines())
        .containsExactly(
            "7 POST /orders - commit is not complete: [writer=COMMITTED, ledger=UNKNOWN]");
    assertThat(log.events()).extracting(ILoggingEvent::getLevel).containsExactly(Level.ERROR);
  }

  @Test
  void failedCleanUpIsAWarningThatNamesTheEngine() {
    UnitObserver unit = new LoggingObserver().unitStarted(new UnitInfo(7, "x", Instant.EPOCH));
    log.clear();

    unit.cleanupFailed("writer", "close", new IllegalStateException("gone"));
    unit.cleanupFailed("", "rollback", new IllegalStateException("gone"));

    assertThat(log.lines())
        .containsExactly("7 x - close failed on engine 'writer'", "7 x - rollback failed");
    assertThat(log.events()).extracting(ILoggingEvent::getLevel).containsOnly(Level.WARN);
  }

  @Test
  void failingObserverStopsNoOtherAndReachesNobody() {
    RecordingObserver recording = new RecordingObserver();
    List<String> units = new ArrayList<>();
    Observer third =
        new Observer() {
          @Override
          public UnitObserver unitStarted(UnitInfo unit) {
            return new UnitObserver() {
              @Override
              public void committed(CommitReport report) {
                units.add("committed " + report);
              }

              @Override
              public void ended() {
                units.add("ended");
              }
            };
          }
        };
    EngineRegistry registry =
        shop(Observer.all(new Failing(), recording, new FailingInUnits(), third));

    assertThatCode(() -> Units.useUnit(registry, db -> db.writer().persist(new Book(1, "one"))))
        .doesNotThrowAnyException();
    registry.close();

    assertThat(recording.started()).hasSize(1);
    assertThat(recording.stopped()).containsExactly("writer");
    assertThat(units).containsExactly("committed [writer=COMMITTED]", "ended");
  }

  @Test
  void failingObserverIsNamedInTheLog() {
    shop(new Failing()).close();

    assertThat(log.lines())
        .isNotEmpty()
        .allSatisfy(
            line ->
                assertThat(line)
                    .isEqualTo(Failing.class.getName() + " - observer failed and was ignored"));
  }

  @Test
  void observerThatRefusesInInstrumentRefusesTheEngine() {
    EngineRegistry registry =
        EngineRegistry.create(
            new Observer() {
              @Override
              public DataSource instrument(String engine, DataSource dataSource) {
                throw new IllegalStateException("not this one");
              }
            });

    assertThatThrownBy(
            () -> registry.initializeEngine("writer", H2.dataSource(), c -> c.entities()))
        .hasMessage("not this one");
    assertThat(registry.names()).isEmpty();
  }

  /** Fails whenever it is told of an engine or of the start of a unit. */
  private static final class Failing implements Observer {
    @Override
    public UnitObserver unitStarted(UnitInfo unit) {
      throw new IllegalStateException("unitStarted");
    }

    @Override
    public void engineStarted(String engine, String description) {
      throw new IllegalStateException("engineStarted");
    }

    @Override
    public void engineStopped(String engine) {
      throw new IllegalStateException("engineStopped");
    }
  }

  /** Fails whenever it is told of the course of a unit. */
  private static final class FailingInUnits implements Observer {
    @Override
    public UnitObserver unitStarted(UnitInfo unit) {
      return new UnitObserver() {
        @Override
        public void sessionOpened(String engine) {
          throw new IllegalStateException("sessionOpened");
        }

        @Override
        public void committed(CommitReport report) {
          throw new IllegalStateException("committed");
        }

        @Override
        public void sessionClosed(String engine) {
          throw new IllegalStateException("sessionClosed");
        }

        @Override
        public void ended() {
          throw new IllegalStateException("ended");
        }
      };
    }
  }
}
