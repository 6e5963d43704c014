package io.sqlassist.observe;

import io.sqlassist.transaction.CommitReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import javax.sql.XADataSource;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Many observers as one, with their failures contained. */
final class Observers implements Observer {

  private static final Logger LOG = LoggerFactory.getLogger(Observer.class);

  private final List<Observer> observers;

  private Observers(List<Observer> observers) {
    this.observers = observers;
  }

  static Observer of(Observer... observers) {
    List<Observer> flat = new ArrayList<>();
    for (Observer observer : observers) {
      if (observer instanceof Observers many) {
        flat.addAll(many.observers);
      } else if (observer != NONE) {
        flat.add(observer);
      }
    }
    return flat.isEmpty() ? NONE : new Observers(List.copyOf(flat));
  }

  static Observer contained(Observer observer) {
    return observer instanceof Observers || observer == NONE ? observer : of(observer);
  }

  @Override
  public UnitObserver unitStarted(UnitInfo unit) {
    return unitStarted(unit, name -> Optional.empty());
  }

  @Override
  public UnitObserver unitStarted(UnitInfo unit, Function<String, Optional<Object>> attributes) {
    List<UnitObserver> started = new ArrayList<>(observers.size());
    for (Observer observer : observers) {
      tell(
          observer,
          each -> {
            UnitObserver unitObserver = each.unitStarted(unit, attributes);
            if (unitObserver != null && unitObserver != UnitObserver.NONE) {
              started.add(unitObserver);
            }
          });
    }
    return started.isEmpty() ? UnitObserver.NONE : new OfUnit(List.copyOf(started));
  }

  @Override
  public DataSource instrument(String engine, DataSource dataSource) {
    DataSource instrumented = dataSource;
    for (Observer observer : observers) {
      instrumented = observer.instrument(engine, instrumented);
    }
    return instrumented;
  }

  @Override
  public XADataSource instrumentXa(String engine, XADataSource dataSource) {
    XADataSource instrumented = dataSource;
    for (Observer observer : observers) {
      instrumented = observer.instrumentXa(engine, instrumented);
    }
    return instrumented;
  }

  @Override
  public ConnectionObserver connections(String engine) {
    List<ConnectionObserver> watching = new ArrayList<>(observers.size());
    for (Observer observer : observers) {
      tell(
          observer,
          each -> {
            ConnectionObserver connections = each.connections(engine);
            if (connections != null && connections != ConnectionObserver.NONE) {
              watching.add(connections);
            }
          });
    }
    return watching.isEmpty() ? ConnectionObserver.NONE : new OfConnections(List.copyOf(watching));
  }

  @Override
  public void factoryBuilt(String engine, SessionFactory sessionFactory) {
    observers.forEach(each -> tell(each, o -> o.factoryBuilt(engine, sessionFactory)));
  }

  @Override
  public void engineStarted(String engine, String description) {
    observers.forEach(each -> tell(each, o -> o.engineStarted(engine, description)));
  }

  @Override
  public void engineWarning(String engine, String warning) {
    observers.forEach(each -> tell(each, o -> o.engineWarning(engine, warning)));
  }

  @Override
  public void engineChanged(String engine, String change) {
    observers.forEach(each -> tell(each, o -> o.engineChanged(engine, change)));
  }

  @Override
  public void engineStopped(String engine) {
    observers.forEach(each -> tell(each, o -> o.engineStopped(engine)));
  }

  /** The one place of the core that logs: an observer that fails has nobody else to be told. */
  private static <T> void tell(T observer, Consumer<T> event) {
    try {
      event.accept(observer);
    } catch (RuntimeException | Error e) {
      LOG.warn("{} - observer failed and was ignored", observer.getClass().getName(), e);
    }
  }

  private static final class OfUnit implements UnitObserver {

    private final List<UnitObserver> observers;

    OfUnit(List<UnitObserver> observers) {
      this.observers = observers;
    }

    @Override
    public void sessionOpened(String engine) {
      tellAll(each -> each.sessionOpened(engine));
    }

    @Override
    public void sessionOpened(String engine, Session session) {
      tellAll(each -> each.sessionOpened(engine, session));
    }

    @Override
    public void committed(CommitReport report) {
      tellAll(each -> each.committed(report));
    }

    @Override
    public void commitFailed(Throwable cause) {
      tellAll(each -> each.commitFailed(cause));
    }

    @Override
    public void commitFailed(Throwable cause, List<String> engines) {
      tellAll(each -> each.commitFailed(cause, engines));
    }

    @Override
    public void rolledBack() {
      tellAll(UnitObserver::rolledBack);
    }

    @Override
    public void rolledBack(List<String> engines) {
      tellAll(each -> each.rolledBack(engines));
    }

    @Override
    public void cleanupFailed(String engine, String action, Throwable failure) {
      tellAll(each -> each.cleanupFailed(engine, action, failure));
    }

    @Override
    public void sessionClosed(String engine) {
      tellAll(each -> each.sessionClosed(engine));
    }

    @Override
    public void ended() {
      tellAll(UnitObserver::ended);
    }

    private void tellAll(Consumer<UnitObserver> event) {
      for (UnitObserver observer : observers) {
        tell(observer, event);
      }
    }
  }

  private static final class OfConnections implements ConnectionObserver {

    private final List<ConnectionObserver> observers;

    OfConnections(List<ConnectionObserver> observers) {
      this.observers = observers;
    }

    @Override
    public void acquired(long waitedNanos) {
      tellAll(each -> each.acquired(waitedNanos));
    }

    @Override
    public void busy(long waitedNanos) {
      tellAll(each -> each.busy(waitedNanos));
    }

    @Override
    public void failed(long waitedNanos) {
      tellAll(each -> each.failed(waitedNanos));
    }

    @Override
    public void rejected() {
      tellAll(ConnectionObserver::rejected);
    }

    @Override
    public void released(long heldNanos) {
      tellAll(each -> each.released(heldNanos));
    }

    private void tellAll(Consumer<ConnectionObserver> event) {
      for (ConnectionObserver observer : observers) {
        tell(observer, event);
      }
    }
  }
}
