package io.sqlassist.testing;

import io.sqlassist.observe.UnitObserver;
import io.sqlassist.transaction.CommitReport;
import java.util.List;
import org.hibernate.Session;

/** Several observers of one unit of work. */
record ManyUnitObservers(List<UnitObserver> observers) implements UnitObserver {

  @Override
  public void sessionOpened(String engine, Session session) {
    observers.forEach(each -> each.sessionOpened(engine, session));
  }

  @Override
  public void committed(CommitReport report) {
    observers.forEach(each -> each.committed(report));
  }

  @Override
  public void commitFailed(Throwable cause, List<String> engines) {
    observers.forEach(each -> each.commitFailed(cause, engines));
  }

  @Override
  public void rolledBack(List<String> engines) {
    observers.forEach(each -> each.rolledBack(engines));
  }

  @Override
  public void cleanupFailed(String engine, String action, Throwable failure) {
    observers.forEach(each -> each.cleanupFailed(engine, action, failure));
  }

  @Override
  public void sessionClosed(String engine) {
    observers.forEach(each -> each.sessionClosed(engine));
  }

  @Override
  public void ended() {
    observers.forEach(UnitObserver::ended);
  }
}
