package io.sqlassist.trace;

import io.sqlassist.observe.UnitObserver;
import io.sqlassist.trace.Entries.OfSession;
import io.sqlassist.trace.Entries.OfUnit;
import io.sqlassist.transaction.CommitReport;
import io.sqlassist.transaction.PartialCommitException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.Session;
import org.hibernate.engine.spi.SharedSessionContractImplementor;

/** Writes down a unit of work. One call comes at a time. */
final class RecordedUnit implements UnitObserver {

  private final Recorder recorder;
  private final Recording recording;
  private final OfUnit unit;
  private final List<OfSession> open = new ArrayList<>(2);

  RecordedUnit(Recorder recorder, Recording recording, OfUnit unit) {
    this.recorder = recorder;
    this.recording = recording;
    this.unit = unit;
  }

  @Override
  public void sessionOpened(String engine, Session session) {
    String id =
        session.unwrap(SharedSessionContractImplementor.class).getSessionIdentifier().toString();
    OfSession opened = recording.sessionOpened(unit, engine, id);
    open.add(opened);
    session.addEventListeners(new RecordedSession(recorder, opened));
  }

  @Override
  public void sessionClosed(String engine) {
    for (OfSession each : open) {
      if (each.engine.equals(engine)) {
        recording.sessionClosed(each);
      }
    }
    open.removeIf(each -> each.engine.equals(engine));
  }

  @Override
  public void committed(CommitReport report) {
    recording.unitCommitted(unit, outcomes(report));
  }

  private static Map<String, String> outcomes(CommitReport report) {
    Map<String, String> outcomes = new LinkedHashMap<>();
    report.outcomes().forEach((engine, outcome) -> outcomes.put(engine, outcome.name()));
    return Collections.unmodifiableMap(outcomes); // in the order of the commits
  }

  @Override
  public void commitFailed(Throwable cause) {
    String detail =
        cause instanceof PartialCommitException partial
            ? outcomes(partial.report()).toString()
            : unit.label;
    recording.unitFailed(Mark.Kind.UNIT_COMMIT_FAILED, "", detail, Failures.ofUnit(cause));
  }

  @Override
  public void rolledBack() {
    recording.unitRolledBack(unit);
  }

  @Override
  public void cleanupFailed(String engine, String action, Throwable failure) {
    recording.unitFailed(Mark.Kind.CLEANUP_FAILED, engine, action, Failures.ofUnit(failure));
  }

  @Override
  public void ended() {
    recording.unitEnded(unit);
  }
}
