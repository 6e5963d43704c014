package io.sqlassist.benchmarks;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.jta.JtaCoordinator;
import io.sqlassist.jta.XaPool;
import io.sqlassist.observe.Observer;
import io.sqlassist.session.Units;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import javax.sql.XADataSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.postgresql.xa.PGXADataSource;

/**
 * One new book on one JTA engine (one phase), or one on each of two (two phases): PostgreSQL and
 * MariaDB.
 *
 * <p>Used by one thread at a time.
 */
public class TwoPhaseCommit {

  private static final int POOL = 2;

  private TwoPhaseCommit() {}

  static XADataSource xa(String name) {
    Database place = Database.named(name);
    try {
      if (name.equals("mariadb")) {
        MariaDbDataSource mariaDb = new MariaDbDataSource();
        mariaDb.setUrl(place.url());
        mariaDb.setUser(place.username());
        mariaDb.setPassword(place.password());
        return mariaDb;
      }
      PGXADataSource postgres = new PGXADataSource();
      postgres.setURL(place.url());
      postgres.setUser(place.username());
      postgres.setPassword(place.password());
      return postgres;
    } catch (SQLException e) {
      throw new IllegalStateException("No connection to " + place, e);
    }
  }

  static void trim() {
    Bookshelf.trim(Database.named("postgresql"));
    Bookshelf.trim(Database.named("mariadb"));
  }

  static Path store() {
    try {
      return Files.createTempDirectory("transaction-log");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Used by one thread at a time. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init") // JMH calls start() first
  public static class SqlAssist {

    private EngineRegistry registry;
    private JtaCoordinator jta;

    @Setup
    public void start() {
      registry = EngineRegistry.create(Observer.NONE);
      jta =
          JtaCoordinator.start(
              cfg -> {
                cfg.nodeId = "benchmark";
                cfg.objectStore = store();
                cfg.registry = registry;
              });
      for (String name : new String[] {"postgresql", "mariadb"}) {
        XaPool pool = XaPool.of(xa(name));
        pool.maximumPoolSize = POOL;
        jta.initializeEngine(name, pool, engine -> engine.entities(Book.class));
      }
    }

    @Setup(Level.Iteration)
    public void trimTables() {
      trim();
    }

    @TearDown
    public void stop() {
      trim();
      jta.close();
      registry.close();
    }

    @Benchmark
    public Object oneEngine() {
      return Units.inUnit(
          registry,
          db -> {
            Book book = new Book("New", 1);
            db.session("postgresql").persist(book);
            return book;
          });
    }

    @Benchmark
    public Object twoEngines() {
      return Units.inUnit(
          registry,
          db -> {
            Book book = new Book("New", 1);
            db.session("postgresql").persist(book);
            db.session("mariadb").persist(new Book("New", 1));
            return book;
          });
    }
  }

  /** Used by one thread at a time. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init") // JMH calls start() first
  public static class Raw {

    private RawJta raw;

    @Setup
    public void start() {
      raw = RawJta.start(store(), POOL);
    }

    @Setup(Level.Iteration)
    public void trimTables() {
      trim();
    }

    @TearDown
    public void stop() {
      trim();
      raw.close();
    }

    @Benchmark
    public void oneEngine() {
      raw.insert(raw.oneEngine());
    }

    @Benchmark
    public void twoEngines() {
      raw.insert(raw.twoEngines());
    }
  }
}
