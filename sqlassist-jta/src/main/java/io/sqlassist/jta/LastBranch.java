package io.sqlassist.jta;

import io.agroal.api.transaction.TransactionAware;
import io.agroal.narayana.LocalXAResource;
import io.sqlassist.transaction.Outcome;
import java.sql.SQLException;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/** The part of an engine that can't prepare: commits when all others have, and so decides. */
final class LastBranch extends LocalXAResource implements Participant {

  private final String engine;
  private final TransactionAware connection;
  private volatile @Nullable Outcome outcome;
  private boolean isCut;

  LastBranch(String engine, TransactionAware connection) {
    super(connection, EngineNames.inLog(engine));
    this.engine = engine;
    this.connection = connection;
  }

  @Override
  public String engine() {
    return engine;
  }

  @Override
  public @Nullable Outcome outcome() {
    return outcome;
  }

  @Override
  public void commit(Xid xid, boolean onePhase) throws XAException {
    try {
      super.commit(xid, onePhase);
      outcome = Outcome.COMMITTED;
    } catch (XAException e) {
      outcome = wasRefused(e.getCause()) ? Outcome.ROLLED_BACK : Outcome.UNKNOWN;
      throw e;
    } catch (RuntimeException | Error e) {
      outcome = Outcome.UNKNOWN;
      throw XaFailures.ofCommit(e);
    }
  }

  /** Whether the database itself answered: the connection that breaks tells nothing. */
  private static boolean wasRefused(@Nullable Throwable cause) {
    return cause instanceof SQLException failure
        && failure.getSQLState() != null
        && (failure.getSQLState().startsWith("23")
            || failure.getSQLState().startsWith("25")
            || (failure.getSQLState().startsWith("40") && !failure.getSQLState().equals("40003")));
  }

  @Override
  public void rollback(Xid xid) throws XAException {
    outcome = Outcome.ROLLED_BACK; // if it fails the connection ends, and the work with it
    try {
      super.rollback(xid);
    } catch (XAException | RuntimeException | Error e) {
      cut();
      throw e;
    }
  }

  @Override
  public boolean isCut() {
    return isCut;
  }

  @Override
  public void cut() {
    isCut = true;
    Connections.cut(connection, false, new XAException(XAException.XAER_RMFAIL));
  }
}
