package io.sqlassist.testing;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.engine.EngineRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Engines that lag behind, as replicas do, without a replica. Units of work that begin while they
 * do see the state of the database at one moment; {@link #catchUp()} makes that moment now. Time
 * does nothing: the test decides.
 *
 * <pre>{@code
 * @Test
 * @SimulatedLag("reader")
 * void theNewBookIsShownAtOnce(ReplicaLag lag) {
 *   post("/books/Emma");
 *   assertTrue(get("/books").contains("Emma")); // fails if the page is read from the reader
 *   lag.catchUp();
 * }
 * }</pre>
 *
 * <p><b>How.</b> A transaction with a snapshot of the database is held on a connection of the
 * engine's own data source, at isolation level repeatable read (on H2 snapshot), and that
 * connection is lent to all units of work. PostgreSQL, MariaDB, MySQL and H2 have such snapshots.
 *
 * <p><b>What it shows.</b> Every place that reads through a lagging engine what was written just
 * before, in the same unit of work, the next request or another thread, since it really is not
 * there yet; and that what is read is a state that existed, all tables at one moment.
 *
 * <p><b>What it does not.</b> Two replicas that disagree, or one that goes back in time; queries
 * that a replica cancels because of a conflict; errors of replication. The server still says that
 * it is the primary. Sessions outside of units of work do not lag, nor do units that had opened a
 * session of the engine before. Statements of a lagging engine run one after the other on one
 * connection.
 *
 * <p><b>Its price.</b> One connection, and a snapshot on the server, which holds back what others
 * do to the <em>definition</em> of tables that were read: {@code TRUNCATE}, {@code ALTER}, {@code
 * DROP} wait. Catch up or {@link #close()} before.
 *
 * <p>Thread-safe.
 *
 * @see SimulatedLag the same by annotation
 */
public final class ReplicaLag implements AutoCloseable {

  private final Map<String, Snapshot> snapshots;
  private final EngineRegistry.Loan loan;
  private final Instruments instruments;

  private ReplicaLag(
      Map<String, Snapshot> snapshots, EngineRegistry.Loan loan, Instruments instruments) {
    this.snapshots = snapshots;
    this.loan = loan;
    this.instruments = instruments;
  }

  /**
   * Lets engines lag behind from now on. What is committed at this moment they see.
   *
   * @param registry the engines
   * @param engines names of read-only engines
   * @return ends it when closed
   * @throws SQLException if a connection can't be had
   * @throws IllegalArgumentException if none is named, or one that writes
   * @throws io.sqlassist.engine.UnknownEngineException if there is no engine of one of the names
   * @throws UnsupportedOperationException if the database has no snapshots that are known here
   * @throws IllegalStateException if connections are lent to the registry already, as in a shared
   *     transaction
   */
  public static ReplicaLag begin(EngineRegistry registry, String... engines) throws SQLException {
    if (engines.length == 0) {
      throw new IllegalArgumentException(
          "No engine is named that is to lag behind. There are: " + registry.names() + ".");
    }
    Instruments instruments = Instruments.on(registry);
    Map<String, Snapshot> snapshots = new LinkedHashMap<>();
    Map<String, Connection> lent = new LinkedHashMap<>();
    try {
      for (String name : new LinkedHashSet<>(List.of(engines))) {
        Snapshot snapshot = new Snapshot(readOnly(registry, name));
        snapshots.put(name, snapshot);
        lent.put(name, instruments.lent(name, snapshot.connection()));
      }
      return new ReplicaLag(snapshots, registry.lend(lent), instruments);
    } catch (SQLException | RuntimeException | Error e) {
      snapshots.forEach(
          (name, snapshot) -> {
            instruments.isNotLent(name);
            CleanUp.attempt(snapshot::close, e);
          });
      throw e;
    }
  }

  private static Engine readOnly(EngineRegistry registry, String name) {
    Engine engine = registry.engine(name);
    if (engine.options().kind() != EngineKind.READ_ONLY) {
      throw new IllegalArgumentException(
          "Engine '"
              + name
              + "' can't lag behind: it writes, and what it writes it sees. Name a read-only one: "
              + registry.names().stream()
                  .filter(each -> registry.engine(each).isReadOnly())
                  .toList()
              + ".");
    }
    return engine;
  }

  /**
   * The engines that lag behind.
   *
   * @return their names
   */
  public List<String> engines() {
    return List.copyOf(snapshots.keySet());
  }

  /**
   * Lets all of them see what is committed at this moment, and nothing later. Waits until a
   * statement that runs on one of them has ended. Rows that it has found, and that are not read
   * yet, are those of the former moment; for that a fetch size is ignored on PostgreSQL.
   *
   * @throws SQLException if a database can't be told
   */
  public void catchUp() throws SQLException {
    for (Snapshot snapshot : snapshots.values()) {
      snapshot.renew();
    }
  }

  /**
   * As {@link #catchUp()}, for some of them.
   *
   * @param engines names of engines that lag behind
   * @throws SQLException if a database can't be told
   * @throws IllegalArgumentException if one of them does not lag behind
   */
  public void catchUp(String... engines) throws SQLException {
    List<Snapshot> meant = new ArrayList<>();
    for (String engine : engines) {
      Snapshot snapshot = snapshots.get(engine);
      if (snapshot == null) {
        throw new IllegalArgumentException(
            "Engine '" + engine + "' does not lag behind; these do: " + snapshots.keySet() + ".");
      }
      meant.add(snapshot);
    }
    for (Snapshot snapshot : meant) {
      snapshot.renew();
    }
  }

  /**
   * Ends it: units of work that begin from now on use the engines' own connections again. A second
   * call does nothing.
   *
   * @throws SQLException if a connection can't be given back as it was
   */
  @Override
  public void close() throws SQLException {
    loan.close();
    Throwable failure = null;
    for (Map.Entry<String, Snapshot> each : snapshots.entrySet()) {
      instruments.isNotLent(each.getKey());
      failure = CleanUp.attempt(each.getValue()::close, failure);
    }
    CleanUp.throwIfAny(failure);
  }
}
