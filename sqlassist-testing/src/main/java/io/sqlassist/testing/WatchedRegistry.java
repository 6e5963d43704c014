package io.sqlassist.testing;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.observe.Observer;
import io.sqlassist.observe.UnitInfo;
import io.sqlassist.observe.UnitObserver;
import io.sqlassist.transaction.UnitHooks;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A registry that tests use, and the one that does at this moment. A registry does not forget its
 * observers and hooks: so there is one of these for each, for good.
 *
 * <p>Thread-safe.
 */
final class WatchedRegistry implements Observer, UnitHooks {

  private static final Map<EngineRegistry, WatchedRegistry> ALL = new WeakHashMap<>();

  private volatile @Nullable TestRun active;

  private WatchedRegistry() {}

  static WatchedRegistry of(EngineRegistry registry) {
    synchronized (ALL) {
      return ALL.computeIfAbsent(
          registry,
          key -> {
            WatchedRegistry watched = new WatchedRegistry();
            registry.observe(watched);
            registry.hooks(watched);
            return watched;
          });
    }
  }

  /**
   * Gives the registry to a test.
   *
   * @throws IllegalStateException if another one has it
   */
  synchronized void begin(TestRun run) {
    TestRun other = active;
    if (other != null) {
      throw new IllegalStateException(
          "'"
              + run.name()
              + "' can't use the engines "
              + run.registry().names()
              + " now: '"
              + other.name()
              + "' does, and a unit of work of the application does not say which test it is for."
              + " Let them run one after the other: @ResourceLock(SqlAssistExtension.LOCK) on both"
              + " classes, which @SqlAssistTest has; or give each test a registry of its own. One"
              + " test has one SqlAssistExtension: either the annotation or @RegisterExtension.");
    }
    active = run;
  }

  /** Takes it from the test, if it has it. */
  synchronized void end(TestRun run) {
    if (run.equals(active)) {
      active = null;
    }
  }

  @Override
  public UnitObserver unitStarted(UnitInfo unit) {
    TestRun run = active;
    return run == null ? UnitObserver.NONE : run.unitStarted(unit);
  }

  @Override
  public void beforeOpening(String engine) {
    TestRun run = active;
    if (run != null) {
      run.beforeOpening(engine);
    }
  }
}
