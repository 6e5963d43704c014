package io.sqlassist.trace;

/**
 * Settings of {@link Explain}. Lives inside of the lambda that configures it.
 *
 * <p>Not thread-safe: used by the thread that makes the explainer.
 */
public final class ExplainConfig {

  boolean enabled = true;
  boolean remote;
  boolean analyze;

  ExplainConfig() {}

  /**
   * Whether statements may be explained at all. Default true.
   *
   * @param on false to refuse all
   * @return this
   */
  public ExplainConfig enabled(boolean on) {
    enabled = on;
    return this;
  }

  /**
   * Whether databases on other machines may be asked. Default false.
   *
   * @param on true to allow it
   * @return this
   */
  public ExplainConfig explainRemote(boolean on) {
    remote = on;
    return this;
  }

  /**
   * Whether plans may be asked for with {@code ANALYZE}, which executes the statement. Default
   * false.
   *
   * @param on true to allow it
   * @return this
   */
  public ExplainConfig explainAnalyze(boolean on) {
    analyze = on;
    return this;
  }
}
