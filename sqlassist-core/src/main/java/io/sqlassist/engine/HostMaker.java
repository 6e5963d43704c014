package io.sqlassist.engine;

import io.sqlassist.engine.EngineHost.Mode;
import io.sqlassist.observe.Observer;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Makes a data source the host of an engine: checks it, has it instrumented, and looks at it. */
final class HostMaker {

  /**
   * What a host has behind it.
   *
   * @param product the database, as Hibernate's dialect goes by it
   * @param version its version
   */
  record Database(String product, String version) {
    @Override
    public String toString() {
      return product + " " + version;
    }
  }

  private final String engine;
  private final EngineKind kind;
  private final PoolOptions options;
  private final Observer observer;
  private final @Nullable ConnectionEvents events;

  /**
   * Creates a maker of hosts.
   *
   * @param events what happens to the connections of all hosts; null if nobody wants to know
   */
  HostMaker(
      String engine,
      EngineKind kind,
      PoolOptions options,
      Observer observer,
      @Nullable ConnectionEvents events) {
    this.engine = engine;
    this.kind = kind;
    this.options = options;
    this.observer = observer;
    this.events = events;
  }

  /** Whether anybody wants to know for which unit of work a connection is acquired. */
  boolean asksForWhom() {
    return events != null && events.asksForWhom();
  }

  /**
   * Lets the observers at the data source.
   *
   * @throws IllegalArgumentException if the pool's settings do not suit the engine
   */
  DataSource instrumented(DataSource dataSource) {
    KnownPool known = PoolGate.of(dataSource).pool();
    if (known != null) {
      PoolCheck.check(engine, kind, known, observer);
      PoolCheck.check(engine, options, known, observer);
    }
    return observer.instrument(engine, dataSource);
  }

  /**
   * Makes the host, which the caller ends. May connect.
   *
   * @param pool closes the data source; null if it was handed in
   */
  EngineHost host(DataSource dataSource, DataSource instrumented, @Nullable Runnable pool)
      throws SQLException {
    KnownPool known = PoolGate.of(dataSource).pool();
    Mode mode =
        known != null
            ? new Mode(known.autoCommit(), known.readOnly())
            : Mode.handedOutBy(instrumented);
    return new EngineHost(
        engine, kind, dataSource, instrumented, pool, observer, options, mode, events);
  }

  /** Connects once, and looks what is there. */
  Database lookAt(EngineHost host) throws SQLException {
    Connection connection = host.getConnection();
    try {
      if (kind == EngineKind.READ_ONLY) {
        ReadOnlyEnforcement.check(engine, connection, observer);
      }
      DatabaseMetaData database = connection.getMetaData();
      return new Database(database.getDatabaseProductName(), database.getDatabaseProductVersion());
    } finally {
      host.closeConnection(connection);
    }
  }
}
