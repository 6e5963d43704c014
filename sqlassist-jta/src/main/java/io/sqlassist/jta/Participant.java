package io.sqlassist.jta;

import io.sqlassist.transaction.Outcome;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/** One engine's part of a transaction, which notes what became of it. */
interface Participant extends XAResource {

  String engine();

  /** Null as long as the coordinator has asked for neither commit nor rollback. */
  @Nullable Outcome outcome();
}
