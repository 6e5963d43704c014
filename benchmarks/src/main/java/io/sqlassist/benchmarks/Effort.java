package io.sqlassist.benchmarks;

import java.time.Duration;

/**
 * How long one arm is measured in one round.
 *
 * @param warmUp of a benchmark method
 * @param measured of a benchmark method
 * @param serverWarmUp of a server, which has more to compile; three times that where it needs it
 * @param turns how often each server is asked; the median counts
 * @param turn how long each time
 * @param crowd requests at once
 * @param ownJvm whether a benchmark method runs in a JVM of its own wherever it may share one
 */
record Effort(
    Duration warmUp,
    Duration measured,
    Duration serverWarmUp,
    int turns,
    Duration turn,
    int crowd,
    boolean ownJvm) {

  static final Effort FULL =
      new Effort(
          Duration.ofSeconds(3),
          Duration.ofSeconds(3),
          Duration.ofSeconds(8),
          6,
          Duration.ofMillis(1_250),
          10_000,
          true);

  /** To see that everything runs; the figures mean nothing. */
  static final Effort QUICK =
      new Effort(
          Duration.ofMillis(15),
          Duration.ofMillis(15),
          Duration.ofMillis(50),
          1,
          Duration.ofMillis(50),
          200,
          false);
}
