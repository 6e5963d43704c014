package io.sqlassist.benchmarks;

import java.time.Duration;

/**
 * How long one arm is measured in one round.
 *
 * @param warmUp of a benchmark method; a server gets twice as much
 * @param measured of a benchmark method, and of each of a server's turns
 */
record Effort(Duration warmUp, Duration measured) {

  static final Effort FULL = new Effort(Duration.ofSeconds(3), Duration.ofSeconds(3));

  /** To see that everything runs; the figures mean nothing. */
  static final Effort QUICK = new Effort(Duration.ofMillis(100), Duration.ofMillis(100));
}
