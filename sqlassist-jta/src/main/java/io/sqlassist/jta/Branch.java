package io.sqlassist.jta;

import io.agroal.api.transaction.TransactionAware;
import io.agroal.narayana.BaseXAResource;
import io.sqlassist.transaction.Outcome;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/** The part of an engine that can prepare. */
final class Branch extends BaseXAResource implements Participant {

  private final String engine;
  private final TransactionAware connection;
  private volatile @Nullable Outcome outcome;
  private boolean onlyRead;
  private boolean isPrepared;
  private boolean isCut;

  Branch(String engine, TransactionAware connection, XAResource resource) {
    super(connection, resource, EngineNames.inLog(engine));
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
  public void start(Xid xid, int flags) throws XAException {
    try {
      super.start(xid, flags);
    } catch (RuntimeException | Error failure) {
      throw XaFailures.classified(failure);
    }
  }

  @Override
  public void end(Xid xid, int flags) throws XAException {
    try {
      super.end(xid, flags);
    } catch (RuntimeException | Error failure) {
      throw XaFailures.classified(failure);
    }
  }

  @Override
  public boolean hasOnlyRead() {
    return onlyRead;
  }

  @Override
  public int prepare(Xid xid) throws XAException {
    int vote;
    try {
      vote = super.prepare(xid);
    } catch (XAException | RuntimeException | Error failure) {
      XAException e = XaFailures.classified(failure);
      undo(xid, e);
      throw e;
    }
    isPrepared = vote == XAResource.XA_OK;
    if (vote == XAResource.XA_RDONLY) {
      onlyRead = true;
      outcome = Outcome.COMMITTED;
    }
    return vote;
  }

  @Override
  public void commit(Xid xid, boolean onePhase) throws XAException {
    try {
      super.commit(xid, onePhase);
      outcome = Outcome.COMMITTED;
    } catch (XAException | RuntimeException | Error failure) {
      XAException e = onePhase ? XaFailures.ofCommit(failure) : XaFailures.ofSecondPhase(failure);
      outcome = ofFailedCommit(e.errorCode, onePhase);
      if (onePhase) {
        undo(xid, e);
      }
      throw e;
    }
  }

  @Override
  public void rollback(Xid xid) throws XAException {
    try {
      super.rollback(xid);
      outcome = Outcome.ROLLED_BACK;
    } catch (XAException | RuntimeException | Error failure) {
      XAException e = XaFailures.classified(failure);
      // What is not prepared the database rolls back by itself when the connection ends.
      outcome =
          e.errorCode == XAException.XA_HEURCOM
              ? Outcome.COMMITTED
              : e.errorCode == XAException.XA_HEURMIX || e.errorCode == XAException.XA_HEURHAZ
                  ? Outcome.UNKNOWN
                  : Outcome.ROLLED_BACK;
      cut(e);
      throw e;
    }
  }

  /**
   * After a refusal nobody asks for a rollback, and not every driver has done it. What would be
   * left open the pool would commit, when it switches the connection back to autocommit.
   */
  private void undo(Xid xid, XAException refusal) {
    try {
      getResource().rollback(xid);
    } catch (XAException | RuntimeException more) {
      if (!(more instanceof XAException xa) || xa.errorCode != XAException.XAER_NOTA) {
        cut(refusal);
      }
    }
    if (outcome == null) {
      outcome = Outcome.ROLLED_BACK; // or it ends with the connection
    }
  }

  @Override
  public void cut() {
    cut(new XAException(XAException.XAER_RMFAIL));
  }

  @Override
  public boolean isCut() {
    return isCut;
  }

  private void cut(XAException failure) {
    isCut = true;
    Connections.cut(connection, isPrepared, failure);
  }

  private static Outcome ofFailedCommit(int code, boolean onePhase) {
    if (code == XAException.XA_HEURCOM) {
      return Outcome.COMMITTED;
    }
    boolean rolledBack = code >= XAException.XA_RBBASE && code <= XAException.XA_RBEND;
    if (rolledBack || code == XAException.XA_HEURRB) {
      return Outcome.ROLLED_BACK;
    }
    boolean recoveryRetries = code == XAException.XAER_RMFAIL || code == XAException.XA_RETRY;
    return !onePhase && recoveryRetries ? Outcome.DECIDED : Outcome.UNKNOWN;
  }
}
