package io.sqlassist.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * What must not happen.
 *
 * @param failed requests that were not answered as they should
 * @param pinned virtual threads that were pinned to their carriers
 */
record Faults(long failed, long pinned) {

  static final Faults NONE = new Faults(0, 0);

  Faults plus(Faults other) {
    return new Faults(failed + other.failed, pinned + other.pinned);
  }

  boolean isNone() {
    return equals(NONE);
  }

  @Override
  public String toString() {
    List<String> some = new ArrayList<>();
    if (failed > 0) {
      some.add(failed + " requests failed");
    }
    if (pinned > 0) {
      some.add(pinned + " threads were pinned");
    }
    return String.join(", ", some);
  }
}
