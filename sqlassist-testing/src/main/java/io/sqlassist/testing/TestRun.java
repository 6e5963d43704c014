package io.sqlassist.testing;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.observe.UnitInfo;
import io.sqlassist.observe.UnitObserver;
import io.sqlassist.session.DbSessionsContainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A test under way, with its parts.
 *
 * <p>Used by the test's thread; what is said otherwise, by any.
 */
final class TestRun {

  private final String name;
  private final EngineRegistry registry;
  private final TestSettings settings;
  private final List<TestPart> parts;
  private final List<TestPart> begun = new ArrayList<>();
  private final UnitsUnderWay units = new UnitsUnderWay();
  private volatile @Nullable DbSessionsContainer unit;
  private volatile @Nullable String unitLabel;
  private @Nullable Throwable failure;

  TestRun(String name, EngineRegistry registry, TestSettings settings, List<TestPart> parts) {
    this.name = name;
    this.registry = registry;
    this.settings = settings;
    this.parts = List.copyOf(parts);
  }

  /** What the test is called in messages: {@code BooksTest.addsABook}. */
  String name() {
    return name;
  }

  EngineRegistry registry() {
    return registry;
  }

  TestSettings settings() {
    return settings;
  }

  List<TestPart> parts() {
    return parts;
  }

  /** The part of that type, if the test has it. */
  <P extends TestPart> Optional<P> part(Class<P> type) {
    return parts.stream().filter(type::isInstance).map(type::cast).findFirst();
  }

  /** The engines that the test may use, in the order of the registry. */
  List<Engine> engines() {
    return registry.names().stream().filter(this::mayUse).map(registry::engine).toList();
  }

  /** Whether the test may use an engine: by its name, or by the one that tenants share. */
  boolean mayUse(String engine) {
    return settings.engines().isEmpty()
        || settings.engines().contains(engine)
        || registry
            .find(engine)
            .filter(each -> settings.engines().contains(each.options().role()))
            .isPresent();
  }

  /** The units of work of the test and of the application that have a session. Any thread. */
  UnitsUnderWay units() {
    return units;
  }

  /** The unit of work on the thread of the test, if it has one. */
  Optional<DbSessionsContainer> unit() {
    return Optional.ofNullable(unit);
  }

  void unit(DbSessionsContainer current, String label) {
    unit = current;
    unitLabel = label;
  }

  /** Whether a unit is that on the thread of the test. Any thread. */
  @SuppressWarnings("ReferenceEquality") // another unit could be called the same
  boolean isOwn(UnitInfo started) {
    return started.label() == unitLabel;
  }

  /** What the test, or a part that was taken down before, has failed with. */
  Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  /** Any thread. */
  UnitObserver unitStarted(UnitInfo started) {
    List<UnitObserver> observers = new ArrayList<>();
    observers.add(units.started(started));
    for (TestPart part : parts) {
      UnitObserver observer = part.unitStarted(started);
      if (observer != UnitObserver.NONE) {
        observers.add(observer);
      }
    }
    return observers.size() == 1 ? observers.get(0) : new ManyUnitObservers(observers);
  }

  /** Any thread. */
  void beforeOpening(String engine) {
    for (TestPart part : parts) {
      part.beforeOpening(this, engine);
    }
  }

  void begin() throws Exception {
    WatchedRegistry.of(registry).begin(this);
    for (TestPart part : parts) {
      try {
        part.before(this);
      } catch (Exception | Error e) {
        endAfter(e);
        throw e;
      }
      begun.add(0, part);
    }
  }

  private void endAfter(Throwable failed) {
    try {
      end(failed);
    } catch (Exception | Error e) {
      if (e != failed) {
        failed.addSuppressed(e);
      }
    }
  }

  /**
   * Takes down what was set up.
   *
   * @param failed what the test has failed with, or null
   * @throws Exception what one of the parts says, unless that is what the test has failed with
   */
  void end(@Nullable Throwable failed) throws Exception {
    failure = failed;
    Throwable found = null;
    for (TestPart part : begun) {
      try {
        part.after(this);
      } catch (Exception | Error e) {
        if (found == null) {
          found = e;
        } else if (found != e) {
          found.addSuppressed(e);
        }
        if (failure == null) {
          failure = e;
        }
      }
    }
    begun.clear();
    WatchedRegistry.of(registry).end(this);
    if (found == failed) {
      return; // JUnit has it already
    }
    if (found instanceof Exception exception) {
      throw exception;
    }
    if (found instanceof Error error) {
      throw error;
    }
  }
}
