package io.sqlassist.javalin.soak;

import io.sqlassist.observe.Observer;
import io.sqlassist.observe.UnitInfo;
import io.sqlassist.observe.UnitObserver;
import io.sqlassist.transaction.CommitReport;
import io.sqlassist.transaction.Outcome;
import io.sqlassist.transaction.PartialCommitException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What became of each request's unit of work, as the library told its observer. */
final class ServersRecord implements Observer {

  final AtomicInteger started = new AtomicInteger();
  final AtomicInteger ended = new AtomicInteger();
  final AtomicInteger sessionsOpened = new AtomicInteger();
  final AtomicInteger sessionsClosed = new AtomicInteger();
  private final Map<Integer, OfUnit> units = new ConcurrentHashMap<>();
  private final Problems problems;

  ServersRecord(Problems problems) {
    this.problems = problems;
  }

  /** Whether what the request wrote through the writer was reported as committed. */
  boolean committed(int request) {
    OfUnit unit = units.get(request);
    return unit != null && unit.committed;
  }

  String of(int request) {
    return String.valueOf(units.get(request));
  }

  @Override
  public UnitObserver unitStarted(UnitInfo info) {
    started.incrementAndGet();
    int request = Integer.parseInt(info.label().substring(info.label().indexOf('#') + 1));
    OfUnit unit = new OfUnit(request);
    if (units.putIfAbsent(request, unit) != null) {
      problems.add("request " + request + " has had two units of work");
    }
    return unit;
  }

  private final class OfUnit implements UnitObserver {
    private final int request;
    private volatile boolean committed;
    private volatile boolean rolledBack;
    private volatile boolean commitFailed;
    private volatile boolean over;

    OfUnit(int request) {
      this.request = request;
    }

    @Override
    public void sessionOpened(String engine) {
      sessionsOpened.incrementAndGet();
    }

    @Override
    public void sessionClosed(String engine) {
      sessionsClosed.incrementAndGet();
    }

    @Override
    public void committed(CommitReport report) {
      note(report);
    }

    @Override
    public void commitFailed(Throwable cause) {
      commitFailed = true;
      if (cause instanceof PartialCommitException partial) {
        note(partial.report());
      }
    }

    private void note(CommitReport report) {
      if (report.outcomes().get("writer") == Outcome.COMMITTED) {
        committed = true;
      }
    }

    @Override
    public void rolledBack() {
      rolledBack = true;
    }

    @Override
    public void cleanupFailed(String engine, String action, Throwable failure) {
      problems.add("request " + request + ": " + action + " failed: " + failure);
    }

    @Override
    public void ended() {
      if (over) {
        problems.add("request " + request + " has ended twice");
      }
      over = true;
      ended.incrementAndGet();
    }

    @Override
    public String toString() {
      return (committed ? "committed " : "")
          + (commitFailed ? "commit failed " : "")
          + (rolledBack ? "rolled back " : "")
          + (over ? "ended" : "not ended");
    }
  }
}
