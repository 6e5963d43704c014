package io.sqlassist.engine;

import org.crac.CheckpointException;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.jspecify.annotations.Nullable;

/**
 * Lets a JVM that makes checkpoints of itself do so: a registry's pools have no connection at that
 * moment, and connect anew after the restore. Everything that names CRaC's classes, so that an
 * application without them works; on a JVM that makes no checkpoints nothing ever happens.
 */
final class Checkpoints {

  private static final boolean PRESENT = isPresent();

  private Checkpoints() {}

  private static boolean isPresent() {
    try {
      Class.forName("org.crac.Resource", false, Checkpoints.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** What a registry does about checkpoints; null where the library is missing. */
  static @Nullable Object of(EngineRegistry registry) {
    return PRESENT ? Registered.of(registry) : null;
  }

  /** Loaded only where the library is present. */
  static final class Registered implements Resource {

    private final EngineRegistry registry;

    private Registered(EngineRegistry registry) {
      this.registry = registry;
    }

    /** The context holds its resources weakly: this one lives as long as its registry does. */
    static Registered of(EngineRegistry registry) {
      Registered registered = new Registered(registry);
      Core.getGlobalContext().register(registered);
      return registered;
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) throws CheckpointException {
      try {
        registry.suspend();
      } catch (IllegalStateException e) {
        CheckpointException refusal = new CheckpointException(e.getMessage());
        refusal.initCause(e);
        throw refusal;
      }
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) {
      registry.resume();
    }
  }
}
