package io.sqlassist.trace;

import io.sqlassist.trace.Entries.Acquisition;
import java.time.Instant;

/** That a connection is held, by whom and for how long. Thread-safe. */
final class Hold {

  private final String engine;
  private final Acquisition acquisition;
  private final String traceId;
  private final String title;
  private final Instant since = Instant.now();
  private volatile String lastSql = "";
  private volatile long idleSince;

  Hold(String engine, Acquisition acquisition, String traceId, String title) {
    this.engine = engine;
    this.acquisition = acquisition;
    this.traceId = traceId;
    this.title = title;
    this.idleSince = acquisition.acquired();
  }

  void executed(String sql, long end) {
    lastSql = sql;
    idleSince = end;
  }

  Holder toTrace() {
    long now = System.nanoTime();
    return new Holder(
        engine,
        acquisition.pool(),
        acquisition.physicalId(),
        since,
        now - acquisition.acquired(),
        now - idleSince,
        traceId,
        title,
        acquisition.thread(),
        acquisition.frames(),
        lastSql);
  }
}
