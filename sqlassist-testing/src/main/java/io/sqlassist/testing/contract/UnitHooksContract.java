package io.sqlassist.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.observe.Observer;
import io.sqlassist.transaction.CommitReport;
import io.sqlassist.transaction.UnitHooks;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What {@link UnitHooks} promise: to let sessions be opened and commits pass that they have no
 * reason to stop, to throw nothing when it is too late, and to serve several units at once. A
 * subclass in your tests says which hooks, and where there is a database. The hooks must let its
 * engine and its entities pass.
 *
 * <p>Used by one thread; the hooks are used by several.
 */
public abstract class UnitHooksContract extends EngineContract {

  private final Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();

  /** For subclasses. */
  protected UnitHooksContract() {}

  /**
   * The hooks that are looked at.
   *
   * @return new ones at each call
   */
  protected abstract UnitHooks hooks();

  /** What hooks throw after the end goes to observers only. */
  private final class Watched implements UnitHooks {
    private final UnitHooks hooks;

    Watched(UnitHooks hooks) {
      this.hooks = hooks;
    }

    @Override
    public void beforeOpening(String engine) {
      hooks.beforeOpening(engine);
    }

    @Override
    public void beforeCommit(Map<String, Session> sessions) {
      hooks.beforeCommit(sessions);
    }

    @Override
    public void afterCommit(CommitReport report) {
      watch(() -> hooks.afterCommit(report));
    }

    @Override
    public void afterRollback(@Nullable Throwable cause) {
      watch(() -> hooks.afterRollback(cause));
    }

    @Override
    public void onClose() {
      watch(hooks::onClose);
    }

    private void watch(Runnable call) {
      try {
        call.run();
      } catch (RuntimeException | Error e) {
        thrown.add(e);
        throw e;
      }
    }
  }

  private EngineRegistry startHooked(UnitHooks hooks) {
    EngineRegistry registry = start(Observer.NONE);
    registry.hooks(new Watched(hooks));
    return registry;
  }

  @Test
  void everyCourseOfAUnitIsStood() {
    try (EngineRegistry registry = startHooked(hooks())) {
      allCourses(registry, "one");
      assertDurable(registry, 1);
    }
    assertEquals(List.of(), List.copyOf(thrown), "hooks should throw nothing after the end");
  }

  @Test
  void severalUnitsAtOnceAreStood() throws Exception {
    try (EngineRegistry registry = startHooked(hooks())) {
      allCoursesAtOnce(registry);
      assertDurable(registry, 8);
    }
    assertEquals(List.of(), List.copyOf(thrown), "hooks should throw nothing after the end");
  }

  @Test
  void endsOfWhichNothingIsKnownAreStood() {
    UnitHooks hooks = hooks();
    hooks.beforeCommit(Map.of());
    hooks.afterCommit(CommitReport.EMPTY);
    hooks.afterRollback(null);
    hooks.onClose();
  }
}
