package io.sqlassist.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.observe.ConnectionObserver;
import io.sqlassist.observe.Observer;
import io.sqlassist.observe.UnitInfo;
import io.sqlassist.observe.UnitObserver;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What an {@link Observer}, its {@link UnitObserver}s and its {@link ConnectionObserver}s promise:
 * to throw nothing, to change nothing, to stand several units at once, and to wrap data sources so
 * that they can be unwrapped. A subclass in your tests says which observer, and where there is a
 * database.
 *
 * <p>Used by one thread; the observer is used by several.
 */
public abstract class ObserverContract extends EngineContract {

  private final Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
  private @Nullable EngineRegistry registry;

  /** For subclasses. */
  protected ObserverContract() {}

  /**
   * The observer that is looked at.
   *
   * @return a new one at each call
   */
  protected abstract Observer observer();

  @BeforeEach
  void forget() {
    thrown.clear();
  }

  @AfterEach
  void close() {
    EngineRegistry started = registry;
    if (started != null) {
      started.close();
    }
    assertEquals(List.of(), List.copyOf(thrown), "the observer should throw nothing");
  }

  /** Over which what the observer throws is known, though it is contained there. */
  private EngineRegistry startWatched(Observer observer) {
    EngineRegistry started = start(watched(Observer.class, observer));
    registry = started;
    return started;
  }

  private <T> T watched(Class<T> type, T observer) {
    return type.cast(
        Proxy.newProxyInstance(
            ObserverContract.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (method.getDeclaringClass() == Object.class) {
                return method.invoke(observer, arguments);
              }
              try {
                Object result = method.invoke(observer, arguments);
                if (result instanceof UnitObserver unit && unit != UnitObserver.NONE) {
                  return watched(UnitObserver.class, unit);
                }
                if (result instanceof ConnectionObserver all && all != ConnectionObserver.NONE) {
                  return watched(ConnectionObserver.class, all);
                }
                return result;
              } catch (InvocationTargetException e) {
                thrown.add(e.getCause());
                throw e.getCause();
              }
            }));
  }

  @Test
  void everyCourseOfAUnitIsStoodAndEndsAsItDoesUnobserved() {
    EngineRegistry started = startWatched(observer());
    allCourses(started, "one");
    assertDurable(started, 1);
  }

  @Test
  void severalUnitsAtOnceAreStood() throws Exception {
    EngineRegistry started = startWatched(observer());
    allCoursesAtOnce(started);
    assertDurable(started, 8);
  }

  @Test
  void anEngineThatStopsAndOneThatComesAgainAreStood() {
    Observer observer = observer();
    EngineRegistry started = startWatched(observer);
    allCourses(started, "one");
    started.remove(WRITER);
    observer.engineStopped(WRITER);
    observer.engineStarted("unheard of", "an engine");
    observer.engineWarning("unheard of", "a warning");
    observer.engineChanged("unheard of", "changes");
    observer.engineStopped("unheard of");
  }

  @Test
  void eachUnitHasAnObserverOfItsOwn() {
    Observer observer = observer();
    UnitObserver one = observer.unitStarted(unit(1), name -> Optional.empty());
    UnitObserver other = observer.unitStarted(unit(2), name -> Optional.empty());

    assertNotNull(one, "UnitObserver.NONE says that a unit is ignored, not null");
    assertNotNull(other);
    if (one != UnitObserver.NONE) {
      assertNotSame(one, other);
    }
    one.ended();
    other.ended();
  }

  @Test
  void whatAUnitBelongsToMayBeAnything() {
    Observer observer = observer();
    observer.unitStarted(unit(1), name -> Optional.of(new Object())).ended();
    observer.unitStarted(unit(2), name -> Optional.of("text")).ended();
  }

  private static UnitInfo unit(long id) {
    return new UnitInfo(id, "unit of a contract", Instant.EPOCH);
  }

  @Test
  void aConnectionObserverStandsSeveralThreadsAndEveryOrder() throws Exception {
    ConnectionObserver connections = observer().connections(WRITER);
    assertNotNull(connections, "ConnectionObserver.NONE says that they are ignored, not null");
    AtOnce.run(
        100,
        20,
        number -> {
          connections.released(0);
          connections.acquired(0);
          connections.busy(1);
          connections.failed(Long.MAX_VALUE);
          connections.rejected();
          connections.released(1);
        });
  }

  /** A data source, as the driver of a database has it. */
  private interface Own extends DataSource {}

  private static Own dataSource(AtomicBoolean closed, @Nullable SQLException failure) {
    Connection connection =
        stub(
            Connection.class,
            (method, arguments) -> {
              if (method.equals("close")) {
                closed.set(true);
              }
              return null;
            });
    return stub(
        Own.class,
        (method, arguments) -> {
          if (method.equals("getConnection")) {
            if (failure != null) {
              throw failure;
            }
            return connection;
          }
          return null;
        });
  }

  @FunctionalInterface
  private interface Answer {
    @Nullable Object to(String method, Object[] arguments) throws Throwable;
  }

  /** Answers what it is told to, unwraps itself, and is false, 0 or null otherwise. */
  private static <T> T stub(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            ObserverContract.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, given) -> {
              Object[] arguments = given == null ? new Object[0] : given;
              return switch (method.getName()) {
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                case "toString" -> "stub of " + type.getSimpleName();
                case "isWrapperFor" -> ((Class<?>) arguments[0]).isInstance(proxy);
                case "unwrap" -> {
                  if (!((Class<?>) arguments[0]).isInstance(proxy)) {
                    throw new SQLException("no wrapper for " + arguments[0]);
                  }
                  yield proxy;
                }
                default -> {
                  Object result = answer.to(method.getName(), arguments);
                  if (result == null && method.getReturnType() == boolean.class) {
                    yield false;
                  }
                  yield result == null && method.getReturnType() == int.class ? 0 : result;
                }
              };
            }));
  }

  @Test
  void aWrappedDataSourceCanBeUnwrapped() throws SQLException {
    Own own = dataSource(new AtomicBoolean(), null);
    DataSource instrumented = observer().instrument(WRITER, own);

    assertTrue(instrumented.isWrapperFor(Own.class));
    assertSame(own, instrumented.unwrap(Own.class));
  }

  @Test
  void aWrappedConnectionIsClosedWithItsWrapper() throws SQLException {
    AtomicBoolean closed = new AtomicBoolean();
    observer().instrument(WRITER, dataSource(closed, null)).getConnection().close();

    assertTrue(closed.get(), "the connection should be closed");
  }

  @Test
  void whyThereIsNoConnectionIsPassedOn() {
    SQLException failure = new SQLException("no connection", "08001");
    DataSource instrumented =
        observer().instrument(WRITER, dataSource(new AtomicBoolean(), failure));

    assertSame(failure, assertThrows(SQLException.class, instrumented::getConnection));
  }
}
