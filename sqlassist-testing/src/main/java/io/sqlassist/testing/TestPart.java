package io.sqlassist.testing;

import io.sqlassist.observe.UnitInfo;
import io.sqlassist.observe.UnitObserver;
import java.sql.Connection;

/**
 * One thing that is set up before each test and taken down after it. There is an object of these
 * for each test. Parts are set up in their order, and taken down in the reverse one.
 *
 * <p>{@link #before} and {@link #after} are called by the thread of the test; the others by any
 * thread, several at a time.
 */
interface TestPart {

  /**
   * Before the test's own {@code @BeforeEach} methods.
   *
   * @throws Exception if the test can't run; {@code after} of this part is not called then
   */
  default void before(TestRun run) throws Exception {}

  /** A unit of work of the registry opens its first session. */
  default UnitObserver unitStarted(UnitInfo unit) {
    return UnitObserver.NONE;
  }

  /**
   * A unit of work is about to open its session of an engine.
   *
   * @throws RuntimeException to refuse that
   */
  default void beforeOpening(TestRun run, String engine) {}

  /**
   * A connection is about to be lent to all units of work, in a shared transaction.
   *
   * @param engine whose units get it
   * @return the same one, or one that wraps it
   */
  default Connection lending(String engine, Connection connection) {
    return connection;
  }

  /**
   * After the test's own {@code @AfterEach} methods, whether the test has failed or not.
   *
   * @throws Exception to fail the test
   */
  default void after(TestRun run) throws Exception {}
}
