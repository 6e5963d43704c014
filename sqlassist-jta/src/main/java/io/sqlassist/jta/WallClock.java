package io.sqlassist.jta;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Notices that the wall clock was set: it has not gone on as much as the time that only grows. */
final class WallClock {

  /** More than clocks are slowed down or sped up by to be brought in line. */
  private static final Duration JUMP = Duration.ofSeconds(1);

  private final LongSupplier millis;
  private final LongSupplier nanos;
  private long lastMillis;
  private long lastNanos;

  WallClock(LongSupplier millis, LongSupplier nanos) {
    this.millis = millis;
    this.nanos = nanos;
    lastMillis = millis.getAsLong();
    lastNanos = nanos.getAsLong();
  }

  /** Whether it has jumped since this was asked before. Used by one thread at a time. */
  boolean hasJumped() {
    long nowMillis = millis.getAsLong();
    long nowNanos = nanos.getAsLong();
    long gone = (nowNanos - lastNanos) / 1_000_000;
    long jump = Math.abs(nowMillis - lastMillis - gone);
    lastMillis = nowMillis;
    lastNanos = nowNanos;
    return jump > JUMP.toMillis();
  }
}
