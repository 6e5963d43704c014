package io.sqlassist.javalin;

/**
 * What becomes of the engines when a server has stopped. Closing them closes the pools that
 * SqlAssist made, and never a {@code DataSource} that was handed in. Where several servers of one
 * JVM use the same engines, the last one to stop counts.
 *
 * <p>Immutable, as all enums.
 */
public enum EnginesAtStop {

  /**
   * Those of the shared registry are closed, as by {@code SqlAssist.shutdown(drain)}; a registry
   * that was handed in stays open for whoever made it. The default.
   */
  CLOSE_IF_SHARED,

  /** They are closed, also those of a registry that was handed in. */
  CLOSE,

  /**
   * They stay: for an application that goes on without its server, and tests that start it anew.
   */
  KEEP
}
