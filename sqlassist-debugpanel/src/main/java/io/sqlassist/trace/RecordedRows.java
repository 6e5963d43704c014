package io.sqlassist.trace;

import io.sqlassist.trace.Entries.OfConnection;
import io.sqlassist.trace.Entries.OfStatement;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.sql.ResultSet;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** Counts the rows that are read of a result. Used by one thread at a time, as its target is. */
final class RecordedRows implements InvocationHandler {

  /** A result that nobody closes is told of every so many rows. */
  private static final int STEP = 1_000;

  private final Recorder recorder;
  private final ResultSet target;
  private final Statement statement;
  private final OfConnection entry;
  private final @Nullable OfStatement execution;
  private long unreported;
  private long nanos;
  private boolean ended;

  RecordedRows(
      Recorder recorder,
      ResultSet target,
      Statement statement,
      OfConnection entry,
      @Nullable OfStatement execution) {
    this.recorder = recorder;
    this.target = target;
    this.statement = statement;
    this.entry = entry;
    this.execution = execution;
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    switch (method.getName()) {
      case "next" -> {
        long start = System.nanoTime();
        Object more = RecordedJdbc.call(proxy, target, method, arguments);
        nanos += System.nanoTime() - start;
        if (Boolean.TRUE.equals(more)) {
          if (++unreported >= STEP) {
            report();
          }
        } else {
          end();
        }
        return more;
      }
      case "close" -> {
        end();
        return RecordedJdbc.call(proxy, target, method, arguments);
      }
      case "getStatement" -> {
        return statement;
      }
      default -> {
        return RecordedJdbc.call(proxy, target, method, arguments);
      }
    }
  }

  /** Nothing more will be read. */
  void end() {
    if (!ended) {
      ended = true;
      report();
    }
  }

  private void report() {
    try {
      entry.recording.rowsRead(entry, execution, unreported, nanos);
      unreported = 0;
      nanos = 0;
    } catch (RuntimeException | Error e) {
      recorder.captureFailed(e);
    }
  }
}
