package io.sqlassist.testing;

/**
 * How something fails, and how often. Lives inside of the lambda that receives it.
 *
 * <p>Used by one thread.
 */
public final class FaultConfig {

  private int times = 1;
  private String sqlState;
  private boolean sqlStateGiven;
  private boolean after;

  FaultConfig(String sqlState) {
    this.sqlState = sqlState;
  }

  /**
   * How often it fails. Default: once, the next time.
   *
   * @param count at least 1
   * @return this
   * @throws IllegalArgumentException if it is less than 1
   */
  public FaultConfig times(int count) {
    if (count < 1) {
      throw new IllegalArgumentException(
          "A fault happens at least once, not " + count + " times. To end one call clear().");
    }
    times = count;
    return this;
  }

  /**
   * It fails until {@link Faults#clear()}, or until the test is over.
   *
   * @return this
   */
  public FaultConfig always() {
    times = Fault.always();
    return this;
  }

  /**
   * What the database says. Class 08 breaks the connection as well, so that every further use of it
   * fails and its pool throws it away.
   *
   * @param state five letters or digits, for example {@code 40001} for a serialization failure,
   *     {@code 23505} for a deferred unique constraint, {@code 08006} for a connection that is
   *     lost. Default: 40001 for a commit, 08007 for one that fails {@link #afterCommit()}, 08001
   *     for a connection that can't be had
   * @return this
   * @throws IllegalArgumentException if it is no SQLSTATE
   */
  public FaultConfig sqlState(String state) {
    if (!state.matches("[0-9A-Z]{5}")) {
      throw new IllegalArgumentException(
          "'" + state + "' is no SQLSTATE: expected five digits or capital letters, as 40001.");
    }
    sqlState = state;
    sqlStateGiven = true;
    return this;
  }

  /**
   * The commit fails after the database has committed: the work is durable, and nobody is told.
   * SqlAssist then says {@code UNKNOWN}. Default: it fails before, and is rolled back.
   *
   * @return this
   */
  public FaultConfig afterCommit() {
    after = true;
    if (!sqlStateGiven) {
      sqlState = "08007"; // transaction resolution unknown
    }
    return this;
  }

  boolean isAfter() {
    return after;
  }

  Fault freeze(String what) {
    return new Fault(what, sqlState, after, times);
  }
}
