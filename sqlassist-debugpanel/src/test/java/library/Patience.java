package library;

import io.sqlassist.trace.RecorderConfig;
import java.time.Duration;

/** For tests: how busy a machine is says nothing about the application. */
public final class Patience {

  /** Longer than anything in a test takes on whatever machine. */
  private static final Duration FOR_EVER = Duration.ofHours(1);

  private Patience() {}

  /** Finds nothing slow. A test of a limit sets its own, afterwards. */
  public static RecorderConfig patient(RecorderConfig config) {
    return config.slowStatement(FOR_EVER).slowAcquire(FOR_EVER).heldIdle(FOR_EVER);
  }
}
