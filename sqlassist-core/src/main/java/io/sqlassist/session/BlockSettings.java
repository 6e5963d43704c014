package io.sqlassist.session;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What was set before a block. */
record BlockSettings(int retries, @Nullable Duration timeout, @Nullable Isolation isolation) {

  static final BlockSettings DEFAULT = new BlockSettings(0, null, null);

  BlockSettings withRetries(int times) {
    if (times < 0) {
      throw new IllegalArgumentException("retries must be 0 or more, not " + times + ".");
    }
    return new BlockSettings(times, timeout, isolation);
  }

  BlockSettings withTimeout(Duration limit) {
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException(
          "timeout must be longer than nothing, not " + limit + ". Leave it out for no limit.");
    }
    return new BlockSettings(retries, limit, isolation);
  }

  BlockSettings withIsolation(Isolation level) {
    return new BlockSettings(retries, timeout, level);
  }
}
