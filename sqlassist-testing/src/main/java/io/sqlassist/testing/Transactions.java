package io.sqlassist.testing;

/**
 * How what a test does to the databases is undone.
 *
 * <p>Immutable.
 */
public enum Transactions {

  /**
   * The test and the application, on whichever thread, work in one transaction for each engine,
   * which is rolled back at the end, whether the test has failed or not. A commit of the
   * application makes its work part of that transaction: test and application see it, nobody else
   * does. A rollback of the application undoes what it did since it began, and nothing else. What
   * is done before and after the tests of a class, in {@code @BeforeAll} and {@code @AfterAll}, has
   * no part in it: it is really committed, and stays.
   *
   * <p>Fast, and leaves nothing behind. It can't show what needs a real commit, or more than one
   * connection:
   *
   * <ul>
   *   <li>That a reader does not see what its own request has written and not committed, nor what
   *       another one that runs has: here it sees both, since it is on the writer's connection. In
   *       production it sees neither, and code that writes and reads it again through the reader
   *       fails.
   *   <li>That a unit of work inside of another one stays when the outer one is rolled back: here
   *       it is undone with it, although its hooks and its report have said that it was committed.
   *   <li>Rights of the reader's database user, where it shares the writer's connection: by {@code
   *       doWork} it can write there.
   *   <li>Constraints that the database checks at the commit (deferred ones), and commits that
   *       fail.
   *   <li>Locks, deadlocks, isolation levels: units of the application take turns, on one
   *       connection.
   *   <li>What others see after a commit: other connections, processes, readers of another
   *       database, and other engines that write to the same one. Those even wait for rows that the
   *       other has written: until the test is over, on PostgreSQL for ever.
   *   <li>Connection listeners; the limits of pools.
   *   <li>PostgreSQL: a reader fails while a unit on the writer has a statement that failed, and
   *       has not rolled back.
   *   <li>What no rollback undoes: values that sequences have given, and what the application
   *       commits past SqlAssist. On MariaDB and H2 every change of a table (DDL) commits all that
   *       was done before. The rows stay, and the test fails.
   *   <li>Deadlocks and time-outs on MariaDB and H2 that roll the whole transaction back.
   *   <li>Engines that commit through a coordinator (JTA); they are refused.
   * </ul>
   */
  SHARED,

  /**
   * Test and application commit for real, each on connections of its own, as in production. Before
   * and after each test all tables of the engines that it may use are emptied: so rows that are
   * there before the test are lost, except in tables that are kept, and in those that belong to an
   * extension of PostgreSQL.
   *
   * <p>A database that is neither in memory, in files, nor on this machine (a loopback address) is
   * refused, and nothing is deleted, unless the JUnit parameter {@code sqlassist.testing.clean}
   * names its host: a system property, or a line of {@code junit-platform.properties}. Several
   * hosts stand between commas.
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
