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
   * <p>Fast, and leaves nothing behind. Can't show what needs a real commit or several connections.
   */
  SHARED,

  /**
   * Test and application use the databases as they do without this extension. Nothing is undone.
   */
  UNTOUCHED
}
