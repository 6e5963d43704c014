package io.sqlassist.javalin;

import io.javalin.config.JavalinState;
import io.sqlassist.SqlAssist;
import io.sqlassist.engine.EngineRegistry;
import java.util.IdentityHashMap;
import java.util.Map;

/** How many servers use a registry, so that the last one to stop can close it. */
final class RunningServers {

  private static final Map<EngineRegistry, Integer> RUNNING = new IdentityHashMap<>();

  private RunningServers() {}

  static void watch(JavalinState state, SqlAssistPluginConfig config) {
    state.events.serverStarted(() -> started(config.registry));
    state.events.serverStopped(
        () -> {
          if (stopped(config.registry)) {
            closeEngines(config);
          }
        });
  }

  private static void started(EngineRegistry registry) {
    synchronized (RUNNING) {
      RUNNING.merge(registry, 1, Integer::sum);
    }
  }

  /** Returns whether it was the last one. */
  private static boolean stopped(EngineRegistry registry) {
    synchronized (RUNNING) {
      RUNNING.computeIfPresent(registry, (key, servers) -> servers == 1 ? null : servers - 1);
      return !RUNNING.containsKey(registry);
    }
  }

  private static void closeEngines(SqlAssistPluginConfig config) {
    boolean shared = config.registry == SqlAssist.registry();
    switch (config.enginesAtStop) {
      case CLOSE_IF_SHARED -> {
        if (shared) {
          SqlAssist.shutdown(config.drain);
        }
      }
      case CLOSE -> {
        if (shared) {
          SqlAssist.shutdown(config.drain);
        } else {
          config.registry.close(config.drain);
        }
      }
      case KEEP -> {
        // the application goes on with them
      }
    }
  }
}
