package io.sqlassist.transaction;

import java.util.ArrayList;
import java.util.List;
import org.hibernate.FlushMode;
import org.hibernate.Session;

/** Flushes at the end, in success and in failure. */
final class AutocommitTransaction implements UnitTransaction {

  private final List<Session> sessions = new ArrayList<>(1);
  private boolean flushed;

  @Override
  public void join(String engine, Session session) {
    sessions.add(session);
  }

  @Override
  public List<String> engines() {
    return List.of();
  }

  @Override
  public void flush() {
    // Set before, not after: a flush that failed leaves its session unusable, so the rollback that
    // follows must not try it again.
    flushed = true;
    Throwable failure = null;
    for (Session session : sessions) {
      try {
        if (session.isOpen() && session.getHibernateFlushMode() != FlushMode.MANUAL) {
          session.flush();
        }
      } catch (RuntimeException | Error e) {
        failure = Failures.add(failure, e);
      }
    }
    Failures.throwIfAny(failure);
  }

  @Override
  public CommitReport commit() {
    return CommitReport.EMPTY;
  }

  @Override
  public void rollback() {
    if (!flushed) {
      flush();
    }
  }
}
