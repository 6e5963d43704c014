package io.sqlassist.observe;

import io.sqlassist.transaction.CommitReport;
import io.sqlassist.transaction.PartialCommitException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log, in one class. Logger names are {@code io.sqlassist.engine} (engines: start, change and
 * stop at INFO, settings to change at WARN) and {@code io.sqlassist.unit} (units of work: their
 * course at DEBUG, failed clean-up at WARN, a commit that is not complete at ERROR). Each line
 * begins with the engine or the unit.
 *
 * <p>Stateless and thread-safe.
 */
public final class LoggingObserver implements Observer {

  private static final Logger ENGINES = LoggerFactory.getLogger("io.sqlassist.engine");
  private static final Logger UNITS = LoggerFactory.getLogger("io.sqlassist.unit");

  /** Creates the observer. */
  public LoggingObserver() {}

  @Override
  public UnitObserver unitStarted(UnitInfo unit) {
    OfUnit observer = new OfUnit(unit);
    observer.debug("started", "");
    return observer;
  }

  @Override
  public void engineStarted(String engine, String description) {
    ENGINES.info("{} - started: {}", engine, description);
  }

  @Override
  public void engineWarning(String engine, String warning) {
    ENGINES.warn("{} - {}", engine, warning);
  }

  @Override
  public void engineChanged(String engine, String change) {
    ENGINES.info("{} - {}", engine, change);
  }

  @Override
  public void engineStopped(String engine) {
    ENGINES.info("{} - stopped", engine);
  }

  private static final class OfUnit implements UnitObserver {

    private final UnitInfo unit;

    OfUnit(UnitInfo unit) {
      this.unit = unit;
    }

    @Override
    public void sessionOpened(String engine) {
      debug("session of '{}' opened", engine);
    }

    @Override
    public void committed(CommitReport report) {
      debug("committed {}", report);
    }

    @Override
    public void commitFailed(Throwable cause) {
      if (cause instanceof PartialCommitException partial) {
        UNITS.error(
            "{} {} - commit is not complete: {}",
            unit.id(),
            unit.label(),
            partial.report(),
            partial);
      } else {
        // Whoever asked for the commit is handed the exception as well.
        UNITS.debug("{} {} - commit failed and was rolled back", unit.id(), unit.label(), cause);
      }
    }

    @Override
    public void rolledBack() {
      debug("rolled back", "");
    }

    @Override
    public void cleanupFailed(String engine, String action, Throwable failure) {
      UNITS.warn(
          "{} {} - {} failed{}",
          unit.id(),
          unit.label(),
          action,
          engine.isEmpty() ? "" : " on engine '" + engine + "'",
          failure);
    }

    @Override
    public void sessionClosed(String engine) {
      debug("session of '{}' closed", engine);
    }

    @Override
    public void ended() {
      debug("ended", "");
    }

    /** Where nobody reads it, it costs no objects. */
    private void debug(String event, Object of) {
      if (UNITS.isDebugEnabled()) {
        UNITS.debug("{} {} - " + event, unit.id(), unit.label(), of);
      }
    }
  }
}
