package io.sqlassist.transaction;

import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/**
 * The part that one connection has in a transaction that a coordinator ends, from the connection's
 * acquisition until its session gives it back.
 *
 * <p>Used by the thread that acquires or gives back the connection.
 */
public interface ConnectionBranch {

  /**
   * Whether the branch is under way, so that nobody but the coordinator may commit the connection
   * or roll it back.
   *
   * @return false from the moment on at which the coordinator has ended it
   */
  boolean isUnderWay();

  /**
   * The connection after the end of its branch, outside of any transaction and not yet in the pool
   * again. What is done to it is not part of what the coordinator has decided.
   *
   * @return the connection; null as long as the branch is under way, and where it was lost
   */
  @Nullable Connection settled();

  /**
   * Whether what was done in the branch is durable.
   *
   * @return false as long as that is not certain
   */
  boolean isCommitted();
}
