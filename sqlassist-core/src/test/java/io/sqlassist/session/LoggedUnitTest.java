package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.observe.LoggingObserver;
import io.sqlassist.transaction.PartialCommitException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the log says about units of work. */
class LoggedUnitTest {

  private final TestEngines engines =
      TestEngines.none()
          .add("writer", DatabaseKind.H2.fresh(), EngineKind.READ_WRITE)
          .add("ledger", DatabaseKind.H2.fresh(), EngineKind.READ_WRITE);
  private final Logger log = (Logger) LoggerFactory.getLogger("io.sqlassist.unit");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    engines.registry().observe(new LoggingObserver());
    lines.start();
    log.addAppender(lines);
    log.setLevel(Level.DEBUG);
    log.setAdditive(false);
  }

  @AfterEach
  void stop() {
    log.setLevel(null);
    log.setAdditive(true);
    log.detachAppender(lines);
    engines.assertConnectionsAreBackAndClean();
    engines.close();
  }

  private List<String> logged(Level level) {
    return lines.list.stream()
        .filter(line -> line.getLevel().equals(level))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  private DbSessionsContainer unit() {
    return new DbSessionsContainer(engines.registry(), () -> "POST /books");
  }

  @Test
  void courseOfAUnitIsToldAtDebugWithNumberAndLabel() {
    DbSessionsContainer db = unit();
    db.writer().persist(new Novel("novel"));
    db.commitAndClose();

    long id = engines.observer().units().get(0).id();
    String unit = id + " POST /books - ";
    assertThat(logged(Level.DEBUG))
        .containsExactly(
            unit + "started",
            unit + "session of 'writer' opened",
            unit + "committed [writer=COMMITTED]",
            unit + "session of 'writer' closed",
            unit + "ended");
    assertThat(lines.list).hasSize(5);
  }

  @Test
  void commitThatIsNotCompleteIsAnErrorInTheLog() {
    engines.faults("ledger").fail("commit");
    DbSessionsContainer db = unit();
    db.writer().persist(new Novel("novel"));
    db.session("ledger").persist(new Novel("novel"));
    assertThatThrownBy(db::commitAndClose).isInstanceOf(PartialCommitException.class);
    db.close();

    assertThat(logged(Level.ERROR))
        .singleElement()
        .asString()
        .contains("POST /books", "not complete", "writer=COMMITTED", "ledger=UNKNOWN");
  }

  @Test
  void commitThatFailedAsAWholeIsNoErrorInTheLog() {
    engines.sql("writer", "insert into Novel (id, isbn, stock) values (-1, 'twice', 0)");
    DbSessionsContainer db = unit();
    db.writer().persist(new Novel("twice"));
    assertThatThrownBy(db::commitAndClose).isInstanceOf(RuntimeException.class);
    db.close();

    assertThat(logged(Level.ERROR)).isEmpty();
    assertThat(logged(Level.WARN)).isEmpty();
    assertThat(logged(Level.DEBUG)).anyMatch(line -> line.contains("rolled back"));
  }

  @Test
  void failedCleanUpIsAWarningInTheLog() {
    engines.faults("writer").fail("rollback");
    DbSessionsContainer db = unit();
    db.writer().persist(new Novel("novel"));
    db.writer().flush();
    db.close();

    assertThat(logged(Level.WARN))
        .singleElement()
        .asString()
        .contains("POST /books", "rollback failed");
  }
}
