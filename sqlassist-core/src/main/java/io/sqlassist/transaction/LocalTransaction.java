package io.sqlassist.transaction;

import jakarta.persistence.RollbackException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.hibernate.resource.transaction.spi.TransactionStatus;
import org.jspecify.annotations.Nullable;

/** One plain database transaction for each session that joins. */
final class LocalTransaction implements UnitTransaction {

  private record Member(String engine, Session session) {}

  private final List<Member> members = new ArrayList<>(1);

  @Override
  public void join(String engine, Session session) {
    session.beginTransaction();
    members.add(new Member(engine, session));
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
    TransactionStatus status = session.getTransaction().getStatus();
    if (status == TransactionStatus.MARKED_ROLLBACK) {
      throw new RollbackException(
          "Engine '"
              + member.engine()
              + "' can't commit: its transaction is marked rollback-only, because an earlier"
              + " operation failed and the failure was caught, or because the application asked for"
              + " it. Let the exception pass, or call rollback() and do the work again.");
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
        commit(member);
        outcomes.put(member.engine(), Outcome.COMMITTED);
      } catch (RuntimeException e) {
        outcomes.put(member.engine(), CommitOutcomes.after(e, status(member)));
        for (Member rest : members.subList(i + 1, members.size())) {
          outcomes.put(rest.engine(), Outcome.ROLLED_BACK);
        }
        RuntimeException failure = named(member, e);
        rollbackAll(failure);
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
   */
  private static void commit(Member member) {
    Session session = member.session();
    if (session.getTransaction().getStatus() != TransactionStatus.ACTIVE) {
      if (session.getTransaction().getStatus() == TransactionStatus.MARKED_ROLLBACK) {
        session.getTransaction().commit(); // throws RollbackException in compliant mode
      }
      return;
    }
    FlushMode flushMode = session.getHibernateFlushMode();
    session.setHibernateFlushMode(FlushMode.MANUAL);
    try {
      session.getTransaction().commit();
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

  private static TransactionStatus status(Member member) {
    return member.session().isOpen()
        ? member.session().getTransaction().getStatus()
        : TransactionStatus.NOT_ACTIVE;
  }

  @Override
  public void rollback() {
    Failures.throwIfAny(rollbackAll(null));
  }

  private @Nullable RuntimeException rollbackAll(@Nullable RuntimeException failure) {
    RuntimeException all = failure;
    for (Member member : members) {
      try {
        if (status(member).canRollback()) {
          member.session().getTransaction().rollback();
        }
      } catch (RuntimeException e) {
        all = Failures.add(all, e);
      }
    }
    return all;
  }
}
