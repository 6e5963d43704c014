package io.sqlassist.jta;

import io.sqlassist.transaction.Outcome;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/** One engine's part of a transaction, which notes what became of it. */
interface Participant extends XAResource {

  String engine();

  /** Null as long as the coordinator has asked for neither commit nor rollback. */
  @Nullable Outcome outcome();

  /** Whether the database said, when it prepared, that it has nothing to commit. */
  default boolean hasOnlyRead() {
    return false;
  }

  /** Whether {@link #cut()} was necessary, for whatever reason. */
  boolean isCut();

  /**
   * Ends the connection where nobody knows what is left in it: back in the pool it would be
   * switched to autocommit, which on some databases commits that.
   */
  void cut();
}
