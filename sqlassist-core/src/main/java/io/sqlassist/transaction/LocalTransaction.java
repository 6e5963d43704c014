package io.sqlassist.transaction;

import jakarta.persistence.RollbackException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.hibernate.Transaction;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.resource.jdbc.spi.LogicalConnectionImplementor;
import org.hibernate.resource.transaction.spi.TransactionStatus;
import org.jspecify.annotations.Nullable;

/**
 * One plain database transaction for each session that joins.
 *
 * <p>Asks Hibernate's transaction object for the status, never the session: one that the
 * application has closed by hand still has a transaction, and a connection with it.
 */
final class LocalTransaction implements UnitTransaction {

  private record Member(String engine, Session session, Transaction transaction) {
    TransactionStatus status() {
      return transaction.getStatus();
    }
  }

  private final List<Member> members = new ArrayList<>(1);

  @Override
  public void join(String engine, Session session) {
    members.add(new Member(engine, session, session.beginTransaction()));
  }

  @Override
  public List<String> engines() {
    return members.stream().map(Member::engine).toList();
  }

  @Override
  public void flush() {
    for (Member member : members) {
      flush(member);
    }
  }

  private static void flush(Member member) {
    Session session = member.session();
    TransactionStatus status = member.status();
    if (status == TransactionStatus.MARKED_ROLLBACK) {
      throw new RollbackException(
          "Engine '"
              + member.engine()
              + "' can't commit: its transaction is marked rollback-only, because an earlier"
              + " operation failed and the failure was caught, or because the application asked for"
              + " it. Let the exception pass, or call rollback() and do the work again.");
    }
    if (!session.isOpen()) {
      if (status == TransactionStatus.ACTIVE) {
        throw new IllegalStateException(
            "Engine '"
                + member.engine()
                + "' can't commit: its session was closed by hand while its transaction was open."
                + " Leave the session to its unit of work, or end it with close() of its"
                + " EngineScope.");
      }
      return;
    }
    if (status != TransactionStatus.ACTIVE) {
      if (session.isDirty()) {
        throw new IllegalStateException(
            "Engine '"
                + member.engine()
                + "' has changes that no transaction covers: its transaction was ended by hand ("
                + status
                + "). Use commit() or rollback() of the unit of work or of its EngineScope instead"
                + " of the session's own transaction.");
      }
    } else if (session.getHibernateFlushMode() != FlushMode.MANUAL) {
      session.flush();
    }
  }

  @Override
  public CommitReport commit() {
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    for (int i = 0; i < members.size(); i++) {
      Member member = members.get(i);
      try {
        if (commit(member)) {
          outcomes.put(member.engine(), Outcome.COMMITTED);
        }
      } catch (RuntimeException e) {
        outcomes.put(member.engine(), CommitOutcomes.after(e, member.status()));
        for (Member rest : members.subList(i + 1, members.size())) {
          outcomes.put(rest.engine(), Outcome.ROLLED_BACK);
        }
        RuntimeException failure = named(member, e);
        rollbackAll(members.subList(i, members.size()), failure);
        if (outcomes.values().stream().allMatch(outcome -> outcome == Outcome.ROLLED_BACK)) {
          throw failure;
        }
        throw new PartialCommitException(new CommitReport(outcomes), failure);
      }
    }
    return new CommitReport(outcomes);
  }

  /**
   * Commits without flushing again: {@link #flush()} has done it, and a second dirty check of every
   * entity would find nothing.
   *
   * @return false for a transaction that was ended by hand, of which nobody knows how
   */
  private static boolean commit(Member member) {
    Session session = member.session();
    if (member.status() != TransactionStatus.ACTIVE) {
      if (member.status() == TransactionStatus.MARKED_ROLLBACK) {
        member.transaction().commit(); // throws RollbackException in compliant mode
      }
      return false;
    }
    FlushMode flushMode = session.getHibernateFlushMode();
    session.setHibernateFlushMode(FlushMode.MANUAL);
    try {
      member.transaction().commit();
      return true;
    } finally {
      if (session.isOpen()) {
        session.setHibernateFlushMode(flushMode);
      }
    }
  }

  private static RuntimeException named(Member member, RuntimeException failure) {
    if (failure instanceof RollbackException) {
      RollbackException named =
          new RollbackException(
              "The commit of engine '" + member.engine() + "' failed: " + failure.getMessage(),
              failure.getCause());
      for (Throwable suppressed : failure.getSuppressed()) {
        named.addSuppressed(suppressed);
      }
      return named;
    }
    return failure;
  }

  @Override
  public void rollback() {
    Failures.throwIfAny(rollbackAll(members, null));
  }

  private static @Nullable Throwable rollbackAll(
      List<Member> members, @Nullable Throwable failure) {
    Throwable all = failure;
    for (Member member : members) {
      try {
        if (member.transaction().isActive()) {
          member.transaction().rollback();
        }
      } catch (RuntimeException | Error e) {
        all = Failures.add(all, e);
      }
      try {
        leaveNothing(member);
      } catch (RuntimeException | Error e) {
        all = Failures.add(all, e);
      }
    }
    return all;
  }

  /**
   * After a failed commit Hibernate keeps the entities, and after a failed rollback the connection
   * as well, so that a later commit would keep what was to be undone.
   */
  private static void leaveNothing(Member member) {
    Session session = member.session();
    if (session.isOpen()) {
      session.clear();
    }
    switch (member.status()) {
      case NOT_ACTIVE, COMMITTED, ROLLED_BACK -> {
        // the connection is given back
      }
      default -> {
        LogicalConnectionImplementor connection =
            ((SharedSessionContractImplementor) session)
                .getJdbcCoordinator()
                .getLogicalConnection();
        if (connection.isOpen()) {
          connection.manualDisconnect(); // the pool rolls it back, or throws it away
        }
      }
    }
  }
}
