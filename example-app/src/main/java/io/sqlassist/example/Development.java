package io.sqlassist.example;

import io.javalin.config.JavalinConfig;
import io.sqlassist.debugpanel.DebugPanelPlugin;
import io.sqlassist.engine.EngineRegistry;
import java.nio.file.Path;
import java.util.Objects;

/**
 * What the shop has in development only, with {@code SQLASSIST_MODE=dev}: the debug panel, and
 * routes that show what it finds.
 */
interface Development {

  /** Adds nothing. */
  Development NONE = config -> {};

  /** Adds its plugin and its routes. */
  void configure(JavalinConfig config);

  /** Decides by the environment. To be called before the engines, which the panel watches. */
  static Development of(EngineRegistry registry) {
    String mode =
        Objects.requireNonNullElse(
            System.getProperty("sqlassist.mode"),
            System.getenv().getOrDefault("SQLASSIST_MODE", ""));
    if (mode.isEmpty()) {
      return NONE;
    }
    DebugPanelPlugin panel =
        new DebugPanelPlugin(
            config -> {
              config.registry = registry;
              config.sourceRoots.add(Path.of("example-app/src/main/java"));
            });
    return config -> {
      config.registerPlugin(panel);
      config.routes.before("/books", new SlowOnPurpose());
    };
  }
}
