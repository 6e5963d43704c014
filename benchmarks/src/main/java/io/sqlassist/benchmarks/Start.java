package io.sqlassist.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.benchmarks.Database.Use;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.observe.Observer;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.engine.transaction.jta.platform.internal.NoJtaPlatform;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The start, with fifty entities: the first one of a JVM, which is what an application sees.
 *
 * <p>Used by one thread at a time.
 */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters and calls start() first
public class Start {

  private Class<?>[] entities;
  private Database database;
  private Runnable close;

  @Setup
  public void prepare() {
    entities = GeneratedEntities.make(50);
    database = Database.named("h2");
  }

  @TearDown
  public void stop() {
    close.run();
  }

  @Benchmark
  public Object threeEngines() {
    EngineRegistry registry = EngineRegistry.create(Observer.NONE);
    close = registry::close;
    for (String name : new String[] {"reader", "writer", "logger"}) {
      registry.initializeEngine(
          name, config -> Registries.on(database, 1, config).entities(entities));
    }
    return registry;
  }

  @Benchmark
  public Object onePlainFactory() {
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
    close =
        () -> {
          factory.close();
          pool.close();
        };
    return factory;
  }
}
