package io.sqlassist.engine;

import java.time.Duration;

/**
 * How {@link EngineRegistry#verify} looks at the engines. Lives inside of the lambda; used by one
 * thread.
 */
public final class VerificationConfig {

  private Duration timeLimit = Duration.ofSeconds(10);
  private Duration clockDifference = Duration.ofSeconds(2);
  private boolean quiet;

  VerificationConfig() {}

  /**
   * How long each engine may take, all of them at the same time. Default: 10 seconds.
   *
   * @param longest longer than nothing
   * @return this
   * @throws IllegalArgumentException if the time is zero or negative
   */
  public VerificationConfig timeLimit(Duration longest) {
    timeLimit = positive("timeLimit", longest);
    return this;
  }

  /**
   * How much the clocks of this JVM and of a database may differ. What the way there and back takes
   * is allowed for. Default: 2 seconds.
   *
   * @param longest longer than nothing
   * @return this
   * @throws IllegalArgumentException if the time is zero or negative
   */
  public VerificationConfig clockDifference(Duration longest) {
    clockDifference = positive("clockDifference", longest);
    return this;
  }

  /**
   * Tells nobody: what was found is in the report only. Default: the observers are told, and so it
   * is logged, all but {@link Verification.Severity#NOTE notes}.
   *
   * @return this
   */
  public VerificationConfig quietly() {
    quiet = true;
    return this;
  }

  Duration timeLimit() {
    return timeLimit;
  }

  Duration clockDifference() {
    return clockDifference;
  }

  boolean isQuiet() {
    return quiet;
  }

  private static Duration positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(
          name + " of verify(...) must be longer than nothing, not " + value + ".");
    }
    return value;
  }
}
