package io.sqlassist.benchmarks;

import java.util.Locale;

/**
 * What is started, first thing in a JVM.
 *
 * @param how by us, or one session factory by hand
 * @param engines how many
 * @param entities of each, with ten columns
 */
record StartArm(How how, int engines, int entities) {

  enum How {
    SQLASSIST,
    PLAIN_FACTORY
  }

  @Override
  public String toString() {
    return how.name().toLowerCase(Locale.ROOT) + ", " + engines + " × " + entities;
  }
}
