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
    // Set before, not after: the rollback that follows a flush that failed must not try it again.
    flushed = true;
    Throwable failure = null;
    for (Session session : sessions) {
      try {
        if (session.isOpen() && session.getHibernateFlushMode() != FlushMode.MANUAL) {
          flush(session);
        }
      } catch (RuntimeException | Error e) {
        failure = Failures.add(failure, e);
      }
    }
    Failures.throwIfAny(failure);
  }

  /** What a flush could not write it would try again with every later one. */
  private static void flush(Session session) {
    try {
      session.flush();
    } catch (RuntimeException | Error e) {
      session.clear();
      throw e;
    }
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
