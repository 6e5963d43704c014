package io.sqlassist.testing;

import java.time.Duration;

/**
 * Lets what a test has started come to its end, before what it has done is undone. What does not
 * end loses its connections then; {@link LeakCheck} tells of it.
 */
final class UnitsOfApplication implements TestPart {

  /** As {@link LeakCheck#graceMillis} says if nothing else is said. */
  static final long GRACE_MILLIS = 10_000;

  private final Duration grace;

  UnitsOfApplication(Annotations annotations) {
    this.grace =
        Duration.ofMillis(
            annotations.find(LeakCheck.class).map(LeakCheck::graceMillis).orElse(GRACE_MILLIS));
  }

  @Override
  public void after(TestRun run) throws InterruptedException {
    run.units().awaitEnd(unit -> !run.isOwn(unit), grace);
  }
}
