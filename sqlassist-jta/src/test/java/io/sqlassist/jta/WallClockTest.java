package io.sqlassist.jta;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WallClockTest {

  private final AtomicLong millis = new AtomicLong(1_000_000);
  private final AtomicLong nanos = new AtomicLong(5);
  private final WallClock clock = new WallClock(millis::get, nanos::get);

  private void goOn(long wallMillis, long realMillis) {
    millis.addAndGet(wallMillis);
    nanos.addAndGet(realMillis * 1_000_000);
  }

  @Test
  void aClockThatGoesOnAsTimeDoesHasNotJumped() {
    goOn(10_000, 10_000);
    assertThat(clock.hasJumped()).isFalse();
    goOn(10_400, 10_000);
    assertThat(clock.hasJumped()).isFalse();
  }

  @Test
  void aClockThatIsSetBackOrForwardHasJumpedOnce() {
    goOn(-3_600_000, 10_000);
    assertThat(clock.hasJumped()).isTrue();
    goOn(10_000, 10_000);
    assertThat(clock.hasJumped()).isFalse();
    goOn(3_600_000, 10_000);
    assertThat(clock.hasJumped()).isTrue();
  }
}
