package io.sqlassist.testing;

/**
 * How what a test does to the databases is undone.
 *
 * <p>Immutable.
 */
public enum Transactions {

  /**
   * The test and the application, on whichever thread, work in one transaction for each engine,
   * which is rolled back at the end whatever they did. A commit of the application makes its work
   * part of that transaction: test and application see it, nobody else does. A rollback of the
   * application undoes what it did since it began, and nothing else.
   *
   * <p>Fast, and leaves nothing behind. It can't show what needs a real commit, or more than one
   * connection:
   *
   * <ul>
   *   <li>Constraints that the database checks at the commit (deferred ones), and commits that
   *       fail.
   *   <li>Locks, deadlocks, isolation levels: units of the application take turns, on one
   *       connection.
   *   <li>What others see after a commit: other connections, processes, readers of another
   *       database.
   *   <li>Rights of the reader's database user, where it shares the writer's connection; connection
   *       listeners; the limits of pools.
   *   <li>PostgreSQL: a statement that fails on an autocommit engine, or on a reader, ends the
   *       whole transaction.
   *   <li>What no rollback undoes: values that sequences have given, and on MariaDB and H2 changes
   *       of tables (DDL), which commit all that was done before.
   *   <li>Deadlocks and time-outs on MariaDB and H2 that roll the whole transaction back.
   *   <li>Engines that commit through a coordinator (JTA); they are refused.
   * </ul>
   */
  SHARED,

  /**
   * Test and application commit for real, each on connections of its own, as in production. Before
   * and after each test all tables of the engines that it may use are emptied: so rows that are
   * there before the test are lost, except in tables that are kept.
   *
   * <p>Shows everything that {@link #SHARED} can't. Slower: see the figures in the guide. Only one
   * run of tests may use a database at a time, and nobody's data may be in it.
   */
  SEPARATE,

  /**
   * Test and application use the databases as they do without this extension. Nothing is undone.
   */
  UNTOUCHED
}
