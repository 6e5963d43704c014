package io.sqlassist.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.benchmarks.Database.Use;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.observe.Observer;
import java.util.List;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.engine.transaction.jta.platform.internal.NoJtaPlatform;
import org.hibernate.jpa.HibernatePersistenceConfiguration;

/** Starts what it is told to, once, and tells how long that took and what it keeps; on H2. */
final class StartProcess {

  /** As an application names three of them. */
  private static final List<String> USUAL = List.of("reader", "writer", "logger");

  private StartProcess() {}

  /** Arguments: how, the number of engines, the number of entities of each. */
  public static void main(String[] args) {
    StartArm arm =
        new StartArm(
            StartArm.How.valueOf(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]));
    Class<?>[] entities = GeneratedEntities.make(arm.entities());
    Database database = Database.named("h2");
    long before = usedAfterCollection();
    long begin = System.nanoTime();
    Runnable close =
        switch (arm.how()) {
          case SQLASSIST -> engines(database, arm.engines(), entities);
          case PLAIN_FACTORY -> plainFactory(database, entities);
        };
    long nanos = System.nanoTime() - begin;
    long kept = usedAfterCollection() - before;
    close.run();
    System.out.println("started in " + nanos + " ns, keeps " + kept + " B");
  }

  private static Runnable engines(Database database, int engines, Class<?>[] entities) {
    EngineRegistry registry = EngineRegistry.create(Observer.NONE);
    for (int i = 0; i < engines; i++) {
      String name = i < USUAL.size() ? USUAL.get(i) : Registries.nameOf(i);
      registry.initializeEngine(
          name, config -> Registries.on(database, 1, config).entities(entities));
    }
    return registry::close;
  }

  private static Runnable plainFactory(Database database, Class<?>[] entities) {
    HikariDataSource pool = database.pool(Use.USUAL, 1);
    HibernatePersistenceConfiguration persistence = new HibernatePersistenceConfiguration("plain");
    for (Class<?> entity : entities) {
      persistence.managedClass(entity);
    }
    SessionFactory factory =
        persistence
            .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool)
            .property(AvailableSettings.JTA_PLATFORM, NoJtaPlatform.INSTANCE)
            .createEntityManagerFactory();
    return () -> {
      factory.close();
      pool.close();
    };
  }

  private static long usedAfterCollection() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc(); // a serial collector collects all of it at once
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
