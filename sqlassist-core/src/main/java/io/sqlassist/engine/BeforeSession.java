package io.sqlassist.engine;

import java.util.List;
import java.util.function.Consumer;

/**
 * Runs what the application wants to happen before each new session. A session that is opened
 * inside of it does not make it run again.
 */
final class BeforeSession {

  private final List<Consumer<? super Engine>> hooks;
  private final ThreadLocal<Boolean> running = new ThreadLocal<>();

  BeforeSession(List<Consumer<? super Engine>> hooks) {
    this.hooks = List.copyOf(hooks);
  }

  void run(Engine engine) {
    if (hooks.isEmpty() || running.get() != null) {
      return;
    }
    running.set(Boolean.TRUE);
    try {
      hooks.forEach(hook -> hook.accept(engine));
    } catch (RuntimeException e) {
      throw new BeforeSessionException(engine.name(), e);
    } finally {
      running.remove();
    }
  }
}
