package io.sqlassist.trace;

import io.sqlassist.trace.Entries.Acquisition;
import io.sqlassist.trace.Entries.Executed;
import io.sqlassist.trace.Entries.OfConnection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Drives a recording as the instruments do, without a database. */
final class Driven {

  private static final SensitiveNames NAMES = new SensitiveNames(List.of());

  private Driven() {}

  static SqlShape shape(String sql) {
    return SqlShape.of(sql, SqlDialect.H2, NAMES, false);
  }

  static OfConnection connection(Recording recording) {
    long now = System.nanoTime();
    return recording.acquired(
        "writer",
        null,
        new Acquisition("pool", 1, "7", now, now, false, false, "main", List.of(), null));
  }

  static Executed executed(SqlShape shape, int binds, int length) {
    return executed(shape, binds, length, new Frame("shop.Page", "show", "Page.java", 7), null);
  }

  static Executed executed(
      SqlShape shape, int binds, int length, Frame frame, @Nullable Cause cause) {
    List<Bind> values = new ArrayList<>();
    for (int i = 1; i <= binds; i++) {
      // Text of its own for each, as a real statement has.
      values.add(new Bind(i, "String", "x".repeat(length), Bind.State.COMPLETE));
    }
    long now = System.nanoTime();
    return new Executed(
        shape,
        now,
        now + 1_000,
        List.copyOf(values),
        binds,
        now,
        true,
        0,
        List.of(),
        -1,
        cause,
        List.of(frame),
        "main",
        null);
  }
}
