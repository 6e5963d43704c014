package io.sqlassist.transaction;

import java.util.List;
import org.hibernate.Session;

/**
 * The transaction of one or more engines within one unit of work. Made by {@link
 * TransactionPolicy#begin()}, ended exactly once by {@link #commit()} or {@link #rollback()}.
 *
 * <p>Implemented by policies; called by {@link UnitTransactions} only. Used by one thread at a
 * time.
 */
public interface UnitTransaction {

  /**
   * Takes a session into this transaction. No connection is acquired for it: that is left to the
   * first statement.
   *
   * @param engine name of the session's engine
   * @param session an open session without a transaction
   */
  void join(String engine, Session session);

  /**
   * The engines that joined and whose work a commit makes durable; they are the ones that a report
   * of this transaction names.
   *
   * @return their names, in the order in which they joined; empty for a policy without commit
   */
  List<String> engines();

  /**
   * Does everything of a commit that can still fail harmlessly: writes pending changes to the
   * database, and finds out whether a commit is possible at all. Called on every transaction of the
   * unit before the first one commits.
   *
   * @throws RuntimeException if this transaction can't commit; the whole unit is rolled back
   */
  void flush();

  /**
   * Makes the work durable.
   *
   * @return the outcome of each engine whose work became durable by this call; empty when there is
   *     nothing to commit
   * @throws PartialCommitException if not everything is known to be rolled back
   * @throws RuntimeException any other failure; everything of this transaction is rolled back
   */
  CommitReport commit();

  /**
   * Undoes the work. Called also after a failed {@link #flush()} or {@link #commit()}, and must
   * then do what is left to do.
   *
   * @throws RuntimeException if the database could not be told; it undoes the work by itself when
   *     the connection ends
   */
  void rollback();
}
