package io.sqlassist.jta;

/**
 * Keeps every other process away from a log: two that share one would roll each other's prepared
 * transactions back. Held as long as the coordinator runs.
 */
interface LogGuard extends AutoCloseable {

  /**
   * Looks whether the log is still this process's, where that can change; called at every scan.
   *
   * @throws IllegalStateException if it is not
   */
  default void check() {}

  /** Gives the log back; what tells whose it is stays. */
  @Override
  void close();
}
