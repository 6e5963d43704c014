package io.sqlassist.benchmarks;

import io.sqlassist.engine.EngineConfig;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.observe.Observer;

/** Registries as an application makes them, in silence. */
final class Registries {

  private Registries() {}

  /** A reader and a writer, each with a pool of its own, on one database. */
  static EngineRegistry readerAndWriter(Database database, int poolSize) {
    EngineRegistry registry = EngineRegistry.create(Observer.NONE);
    addReaderAndWriter(registry, database, poolSize);
    return registry;
  }

  /** As the other, in a registry that somebody may watch already. */
  static void addReaderAndWriter(EngineRegistry registry, Database database, int poolSize) {
    registry.initializeEngine(
        "reader", config -> on(database, poolSize, config).readOnly().entities(Book.class));
    registry.initializeEngine(
        "writer", config -> on(database, poolSize, config).entities(Book.class));
  }

  /** That many plain engines with one connection each. */
  static EngineRegistry plain(Database database, int engines, Class<?>... entities) {
    EngineRegistry registry = EngineRegistry.create(Observer.NONE);
    for (int i = 0; i < engines; i++) {
      registry.initializeEngine(nameOf(i), config -> on(database, 1, config).entities(entities));
    }
    return registry;
  }

  static String nameOf(int engine) {
    return "engine-" + engine;
  }

  static EngineConfig on(Database database, int poolSize, EngineConfig config) {
    return config
        .url(database.url())
        .username(database.username())
        .password(database.password())
        .pool(pool -> pool.setMaximumPoolSize(poolSize));
  }
}
