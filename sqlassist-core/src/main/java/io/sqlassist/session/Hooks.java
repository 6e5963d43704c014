package io.sqlassist.session;

import io.sqlassist.observe.UnitObserver;
import io.sqlassist.transaction.CommitReport;
import io.sqlassist.transaction.UnitHooks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/** The hooks of one unit of work: those of the registry first, then its own. */
final class Hooks {

  private final List<UnitHooks> ofAll;
  private final List<Runnable> beforeCommit = new ArrayList<>(1);
  private List<Consumer<? super CommitReport>> afterCommit = new ArrayList<>(1);
  private List<Consumer<? super @Nullable Throwable>> afterRollback = new ArrayList<>(1);
  private final List<Runnable> onClose = new ArrayList<>(1);

  /** How many of each were there before the attempt that is being made; null outside of one. */
  private @Nullable Kept kept;

  private record Kept(int beforeCommit, int afterCommit, int afterRollback, int onClose) {
    static final Kept NOTHING = new Kept(0, 0, 0, 0);
  }

  Hooks(List<UnitHooks> ofAll) {
    this.ofAll = ofAll;
  }

  void beforeCommit(Runnable hook) {
    beforeCommit.add(hook);
  }

  void afterCommit(Consumer<? super CommitReport> hook) {
    afterCommit.add(hook);
  }

  void afterRollback(Consumer<? super @Nullable Throwable> hook) {
    afterRollback.add(hook);
  }

  void onClose(Runnable hook) {
    onClose.add(hook);
  }

  /** A rollback leaves what is registered now; so does the end of an attempt that is undone. */
  void keepWhatThereIs() {
    kept = new Kept(beforeCommit.size(), afterCommit.size(), afterRollback.size(), onClose.size());
  }

  /**
   * The attempt is undone, its connections are back: what it has registered is over, and closed.
   */
  void undoAttempt(UnitObserver observer) {
    Kept before = kept;
    if (before == null) {
      return;
    }
    List<Runnable> closing = List.copyOf(from(onClose, before.onClose()));
    forget(beforeCommit, before.beforeCommit());
    forget(afterCommit, before.afterCommit());
    forget(afterRollback, before.afterRollback());
    forget(onClose, before.onClose());
    closing.forEach(hook -> run("onClose", observer, hook));
  }

  void keepNothing() {
    kept = null;
  }

  /** What an attempt has left of the hooks learns of the rollback that is the last one. */
  void runKeptAfterRollback(Throwable cause, UnitObserver observer) {
    List<Consumer<? super @Nullable Throwable>> own = afterRollback;
    afterRollback = new ArrayList<>(1);
    own.forEach(hook -> run("afterRollback", observer, () -> hook.accept(cause)));
  }

  /** A hook may open sessions and register more hooks; those run, too. */
  void runBeforeCommit(Supplier<Map<String, Session>> sessions) {
    for (UnitHooks hooks : ofAll) {
      hooks.beforeCommit(sessions.get());
    }
    for (int i = 0; i < beforeCommit.size(); i++) {
      beforeCommit.get(i).run();
    }
  }

  /** The unit's own hooks belong to the work that has just been committed, and run once. */
  void runAfterCommit(CommitReport report, UnitObserver observer) {
    kept = null;
    afterRollback = new ArrayList<>(1);
    List<Consumer<? super CommitReport>> own = afterCommit;
    afterCommit = new ArrayList<>(1);
    ofAll.forEach(hooks -> run("afterCommit", observer, () -> hooks.afterCommit(report)));
    own.forEach(hook -> run("afterCommit", observer, () -> hook.accept(report)));
  }

  void runAfterRollback(@Nullable Throwable cause, UnitObserver observer) {
    Kept before = kept == null ? Kept.NOTHING : kept;
    List<Consumer<? super @Nullable Throwable>> own =
        List.copyOf(from(afterRollback, before.afterRollback()));
    forget(afterCommit, before.afterCommit());
    forget(afterRollback, before.afterRollback());
    ofAll.forEach(hooks -> run("afterRollback", observer, () -> hooks.afterRollback(cause)));
    own.forEach(hook -> run("afterRollback", observer, () -> hook.accept(cause)));
  }

  private static <T> List<T> from(List<T> registered, int first) {
    return registered.subList(Math.min(first, registered.size()), registered.size());
  }

  private static void forget(List<?> registered, int first) {
    from(registered, first).clear();
  }

  void runOnClose(UnitObserver observer) {
    ofAll.forEach(hooks -> run("onClose", observer, hooks::onClose));
    onClose.forEach(hook -> run("onClose", observer, hook));
    onClose.clear();
  }

  private static void run(String name, UnitObserver observer, Runnable hook) {
    Throwable failure = CleanUp.attempt(hook, null);
    if (failure != null) {
      observer.cleanupFailed("", name + " hook", failure);
    }
  }
}
