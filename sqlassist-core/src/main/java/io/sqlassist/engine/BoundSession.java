package io.sqlassist.engine;

import java.sql.SQLException;
import java.util.function.Consumer;
import org.hibernate.SessionEventListener;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.resource.jdbc.spi.LogicalConnectionImplementor;
import org.hibernate.resource.transaction.spi.TransactionStatus;
import org.jspecify.annotations.Nullable;

/** A session that belongs to no unit of work, and the host that it stays on until it is closed. */
final class BoundSession implements SessionEventListener {

  private static final long serialVersionUID = 1L;

  private final transient SharedSessionContractImplementor session;
  private final transient Consumer<BoundSession> atEnd;
  private transient volatile @Nullable EngineHost host;
  private transient volatile @Nullable Thread acquiring;

  BoundSession(SharedSessionContractImplementor session, Consumer<BoundSession> atEnd) {
    this.session = session;
    this.atEnd = atEnd;
  }

  void host(EngineHost bound) {
    host = bound;
  }

  @Nullable EngineHost host() {
    return host;
  }

  boolean acquires(Thread thread) {
    return acquiring == thread;
  }

  @Override
  public void jdbcConnectionAcquisitionStart() {
    acquiring = Thread.currentThread();
  }

  @Override
  public void jdbcConnectionAcquisitionEnd() {
    acquiring = null;
  }

  @Override
  public void end() {
    atEnd.accept(this);
  }

  /** Whether its commit is on the way, as Hibernate knows it while the driver commits. */
  boolean isCommitting() {
    try {
      return isCommitting(session.getJdbcCoordinator().getLogicalConnection());
    } catch (RuntimeException e) {
      return false; // the session is closed
    }
  }

  private static boolean isCommitting(LogicalConnectionImplementor connection) {
    return connection.getPhysicalJdbcTransaction().getStatus() == TransactionStatus.COMMITTING;
  }

  /** Cuts the connection that the session holds, if it holds one and does not commit on it. */
  void cutOff() {
    try {
      LogicalConnectionImplementor connection = session.getJdbcCoordinator().getLogicalConnection();
      if (connection.isPhysicallyConnected() && !isCommitting(connection)) {
        connection.getPhysicalConnection().abort(Runnable::run);
      }
    } catch (SQLException | RuntimeException e) {
      // It was given back meanwhile, or the session is closed: there is nothing to cut.
    }
  }
}
