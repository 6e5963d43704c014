package io.sqlassist.jta;

import java.util.concurrent.Callable;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.hibernate.SessionEventListener;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.jdbc.WorkExecutorVisitable;
import org.hibernate.jpa.spi.JpaCompliance;
import org.hibernate.resource.jdbc.spi.LogicalConnectionImplementor;
import org.hibernate.resource.transaction.spi.IsolationDelegate;
import org.hibernate.resource.transaction.spi.SynchronizationRegistry;
import org.hibernate.resource.transaction.spi.TransactionCoordinator;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorBuilder;
import org.hibernate.resource.transaction.spi.TransactionObserver;
import org.hibernate.resource.transaction.spi.TransactionStatus;
import org.jspecify.annotations.Nullable;

/**
 * The transaction of one session: part of its unit's while it belongs to one, and plain otherwise.
 * In a unit only the unit ends it.
 */
final class CoordinatedSession implements TransactionCoordinator, SessionEventListener {

  private static final long serialVersionUID = 1L;

  private final transient TransactionCoordinatorBuilder builder;
  private final transient TransactionCoordinator plain;
  private final transient SessionTransaction transaction;
  private final transient Driver driver = new Driver();
  private transient @Nullable Session session;
  private String engine = "";
  private transient @Nullable JtaTransaction unit;
  private boolean ending;

  /** While a generator reads its table: on a connection outside of the transaction. */
  private boolean isolated;

  CoordinatedSession(
      TransactionCoordinatorBuilder builder,
      TransactionCoordinator plain,
      SessionTransaction transaction) {
    this.builder = builder;
    this.plain = plain;
    this.transaction = transaction;
  }

  static CoordinatedSession of(Session session) {
    return (CoordinatedSession)
        session.unwrap(SharedSessionContractImplementor.class).getTransactionCoordinator();
  }

  /** The unit's transaction that this session belongs to. */
  @Nullable JtaTransaction unit() {
    return unit;
  }

  void join(JtaTransaction unit, String engine, Session session) {
    if (this.session == null) {
      session.addEventListeners(this);
    }
    this.session = session;
    this.engine = engine;
    this.unit = unit;
    ending = false;
    transaction.join(unit::rollbackBranches);
  }

  /** The session is no longer part of that transaction; it may be part of the next one. */
  void leave(JtaTransaction ended) {
    if (unit == ended) {
      unit = null;
      ending = false;
      transaction.leave();
    }
  }

  /** From now on it is the unit that ends the transaction. */
  void beginEnding() {
    ending = true;
  }

  /** Gives the connection back, now that nothing may be done with it in the transaction. */
  void disconnect() {
    transaction.disconnect();
  }

  boolean isUnderWay() {
    return plain.getTransactionDriverControl().isActive();
  }

  /**
   * Commits this session: does what Hibernate does before a commit, then what is given, then what
   * Hibernate does after it. Without a flush: that has been done, and a second one would look at
   * every entity again.
   */
  void commit(Session joined, Runnable commit) {
    FlushMode flushMode = joined.getHibernateFlushMode();
    joined.setHibernateFlushMode(FlushMode.MANUAL);
    transaction.setCommit(commit);
    try {
      plain.getTransactionDriverControl().commit();
    } finally {
      transaction.setCommit(null);
      if (joined.isOpen()) {
        joined.setHibernateFlushMode(flushMode);
      }
    }
  }

  LogicalConnectionImplementor connection(Session joined) {
    return joined
        .unwrap(SharedSessionContractImplementor.class)
        .getJdbcCoordinator()
        .getLogicalConnection();
  }

  /** What the application and Hibernate get as the session's transaction. */
  private final class Driver implements TransactionDriver {

    @Override
    public void begin() {
      plain.getTransactionDriverControl().begin();
    }

    @Override
    public void commit() {
      refuseByHand("commit");
      plain.getTransactionDriverControl().commit();
    }

    @Override
    public void rollback() {
      refuseByHand("rollback");
      plain.getTransactionDriverControl().rollback();
    }

    /** The state stays as it was: the unit may still commit or roll back. */
    private void refuseByHand(String what) {
      if (unit != null && !ending) {
        throw new IllegalStateException(
            "The session of engine '"
                + engine
                + "' can't "
                + what
                + " by itself: it commits together with the other JTA engines of its unit of work."
                + " Call "
                + what
                + "() of the unit of work or of the EngineScope instead. Nothing has changed.");
      }
    }

    @Override
    public TransactionStatus getStatus() {
      return plain.getTransactionDriverControl().getStatus();
    }

    @Override
    public void markRollbackOnly() {
      plain.getTransactionDriverControl().markRollbackOnly();
    }
  }

  @Override
  public void jdbcConnectionAcquisitionStart() {
    JtaTransaction joined = unit;
    if (joined != null && !isolated) {
      Acquisition.begin(joined);
    }
  }

  @Override
  public void jdbcConnectionAcquisitionEnd() {
    Acquisition.end();
  }

  @Override
  public void jdbcPrepareStatementStart() {
    refuseAfterTimeout();
  }

  /**
   * Says why the statement was cancelled: what the driver says is only that it was. Thrown where
   * the driver's exception is on its way, and so in its place.
   */
  @Override
  public void jdbcExecuteStatementEnd() {
    refuseAfterTimeout();
  }

  @Override
  public void jdbcExecuteBatchEnd() {
    refuseAfterTimeout();
  }

  private void refuseAfterTimeout() {
    JtaTransaction joined = unit;
    if (joined != null && !ending) {
      joined.refuseAfterTimeout();
    }
  }

  @Override
  public TransactionCoordinatorBuilder getTransactionCoordinatorBuilder() {
    return builder;
  }

  @Override
  public TransactionDriver getTransactionDriverControl() {
    return driver;
  }

  @Override
  public SynchronizationRegistry getLocalSynchronizations() {
    return plain.getLocalSynchronizations();
  }

  @Override
  public JpaCompliance getJpaCompliance() {
    return plain.getJpaCompliance();
  }

  @Override
  public void explicitJoin() {
    plain.explicitJoin();
  }

  @Override
  public boolean isJoined() {
    return plain.isJoined();
  }

  @Override
  public void pulse() {
    plain.pulse();
  }

  @Override
  public boolean isActive() {
    return plain.isActive();
  }

  @Override
  public IsolationDelegate createIsolationDelegate() {
    IsolationDelegate outside = plain.createIsolationDelegate();
    return new IsolationDelegate() {
      @Override
      public <T> T delegateWork(WorkExecutorVisitable<T> work, boolean transacted) {
        boolean nested = isolated;
        isolated = true;
        try {
          return outside.delegateWork(work, transacted);
        } finally {
          isolated = nested;
        }
      }

      @Override
      public <T> T delegateCallable(Callable<T> callable, boolean transacted) {
        return outside.delegateCallable(callable, transacted);
      }
    };
  }

  @Override
  public void addObserver(TransactionObserver observer) {
    plain.addObserver(observer);
  }

  @Override
  public void removeObserver(TransactionObserver observer) {
    plain.removeObserver(observer);
  }

  @Override
  public void setTimeOut(int seconds) {
    plain.setTimeOut(seconds);
  }

  @Override
  public int getTimeOut() {
    return plain.getTimeOut();
  }
}
