package io.sqlassist.crac;

/** As {@code jdk.crac.CheckpointException}. */
public class CheckpointException extends Exception {
  private static final long serialVersionUID = 1L;
}
