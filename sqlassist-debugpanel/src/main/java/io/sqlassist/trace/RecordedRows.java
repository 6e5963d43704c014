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
        Object more = RecordedJdbc.call(proxy, target, method, arguments);
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
      if (execution == null) {
        entry.recording.rowsRead(entry.engine, unreported);
      } else {
        entry.recording.rowsRead(execution, unreported);
      }
      unreported = 0;
    } catch (RuntimeException | Error e) {
      recorder.captureFailed(e);
    }
  }
}
