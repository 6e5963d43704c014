package io.sqlassist.testing;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.EngineState;
import io.sqlassist.engine.LentConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One transaction for each engine, lent to every unit of work of the registry, and rolled back at
 * the end.
 */
final class SharedTransaction implements TestPart {

  /** A connection of a pool, and the mode it came in. */
  private record Own(Engine engine, Connection connection, boolean autocommit) {}

  /** What the database forgets if somebody ends the transaction; by engine. */
  private final Map<String, Savepoint> begins = new HashMap<>();

  /** Those that write, by engine. */
  private final Map<String, Own> own = new LinkedHashMap<>();

  private final Mirrors mirrors;

  /** Those that write here and nowhere else, and those that only read. */
  private final Map<String, Engine> covered = new HashMap<>();

  private volatile EngineRegistry.@Nullable Loan loan;

  SharedTransaction(Mirrors mirrors) {
    this.mirrors = mirrors;
  }

  @Override
  public void before(TestRun run) throws SQLException {
    try {
      loan = run.registry().lend(lent(run));
    } catch (SQLException | RuntimeException | Error e) {
      giveBack(e);
      throw e;
    }
  }

  private Map<String, Connection> lent(TestRun run) throws SQLException {
    Map<String, Connection> lent = new LinkedHashMap<>();
    mirrors.check(run);
    List<Engine> engines =
        run.engines().stream()
            .filter(engine -> engine.state().status() != EngineState.Status.DOWN)
            .toList();
    for (Engine engine : engines) {
      covered.put(engine.name(), engine);
      if (engine.options().kind() != EngineKind.READ_ONLY) {
        lent.put(engine.name(), lending(run, engine, begin(run, engine)));
      }
    }
    for (Engine engine : engines) {
      if (engine.options().kind() == EngineKind.READ_ONLY) {
        Optional<String> mirrored = mirrors.mirroredBy(engine.name());
        Connection writers =
            mirrored.isPresent() ? connection(mirrored.get()) : writersOn(run, engine);
        if (writers != null) {
          lent.put(engine.name(), lending(run, engine, writers));
        }
      }
    }
    return lent;
  }

  private Connection begin(TestRun run, Engine engine) throws SQLException {
    if (engine.policy().isCoordinated()) {
      throw new UnsupportedOperationException(
          "Test '"
              + run.name()
              + "' can't share a transaction of engine '"
              + engine.name()
              + "', which commits together with others through a coordinator (JTA). Test it with"
              + " transactions = SEPARATE, or leave it out: engines = {...}.");
    }
    Connection connection;
    try {
      connection = engine.dataSource().getConnection();
    } catch (SQLException e) {
      throw new IllegalStateException(
          "Test '"
              + run.name()
              + "' got no connection for the transaction that it shares on engine '"
              + engine.name()
              + "'. It keeps one of the pool until its end: is another one left, and is the"
              + " database there?",
          e);
    }
    Own taken;
    try {
      taken = new Own(engine, LentConnection.serial(connection), connection.getAutoCommit());
    } catch (SQLException | RuntimeException | Error e) {
      CleanUp.attempt(connection::close, e);
      throw e;
    }
    own.put(engine.name(), taken);
    taken.connection().setAutoCommit(false);
    if (taken.connection().getMetaData().supportsSavepoints()) {
      begins.put(engine.name(), taken.connection().setSavepoint());
    }
    return taken.connection();
  }

  private @Nullable Connection connection(String engine) {
    Own taken = own.get(engine);
    return taken == null ? null : taken.connection();
  }

  private static Connection lending(TestRun run, Engine engine, Connection connection) {
    Connection lending = connection;
    for (TestPart part : run.parts()) {
      lending = part.lending(engine.name(), lending);
    }
    return lending;
  }

  /**
   * The connection of the engine that writes to what this one reads. One with transactions goes
   * before an autocommit one.
   *
   * @return null if nobody writes there: the engine uses its own
   */
  private @Nullable Connection writersOn(TestRun run, Engine reader) throws SQLException {
    List<Own> writers = new ArrayList<>();
    try (Connection connection = reader.dataSource().getConnection()) {
      Location location = Location.of(connection);
      for (Own each : own.values()) {
        if (Location.of(each.connection()).equals(location)) {
          writers.add(each);
        }
      }
    }
    if (writers.size() > 1) {
      writers.removeIf(each -> each.engine().options().kind() == EngineKind.AUTOCOMMIT);
    }
    if (writers.size() > 1) {
      throw new IllegalStateException(
          "Test '"
              + run.name()
              + "': engine '"
              + reader.name()
              + "' can see what one of the engines "
              + writers.stream().map(each -> each.engine().name()).toList()
              + " has not committed, and not what all of them have, which write to the same"
              + " database. Say which: @Mirror(engine = \""
              + reader.name()
              + "\", of = ...).");
    }
    return writers.isEmpty() ? null : writers.get(0).connection();
  }

  /**
   * An engine that comes later has no transaction here, and would really commit; one that takes the
   * place of another would work on the connection of that one.
   */
  @Override
  public void beforeOpening(TestRun run, String engine) {
    if (loan == null || isCovered(run, engine) || !isUp(run, engine)) {
      return;
    }
    throw new IllegalStateException(
        "Test '"
            + run.name()
            + "' shares a transaction, of which engine '"
            + engine
            + "' is no part: it was initialised, replaced, or came up, after the test began."
            + " Initialise it before, in a @BeforeAll method, or test with transactions = SEPARATE.");
  }

  @SuppressWarnings("ReferenceEquality") // another engine may have the same name
  private boolean isCovered(TestRun run, String name) {
    Engine known = covered.get(name);
    return known != null && run.registry().find(name).filter(now -> now != known).isEmpty();
  }

  private static boolean isUp(TestRun run, String engine) {
    return run.registry().find(engine).filter(each -> each.state().isUp()).isPresent();
  }

  @Override
  public void after(TestRun run) throws SQLException {
    EngineRegistry.Loan ending = loan;
    if (ending != null) {
      ending.close();
    }
    IllegalStateException lost = lookForOthersEnds(run);
    try {
      giveBack(lost);
    } finally {
      SecondLevelCaches.forget(run.registry()); // they know of what is not there any more
    }
    if (lost != null) {
      throw lost;
    }
  }

  /**
   * Goes back to where the test began, on each connection.
   *
   * @return null, unless there are databases that don't know any more where that was
   */
  private @Nullable IllegalStateException lookForOthersEnds(TestRun run) {
    Map<String, SQLException> lost = new LinkedHashMap<>();
    for (Own each : own.values()) {
      Savepoint begin = begins.remove(each.engine().name());
      if (begin == null) {
        continue;
      }
      try {
        each.connection().rollback(begin);
      } catch (SQLException e) {
        if (works(each.connection())) { // else giving it back tells that it is broken
          lost.put(each.engine().name(), e);
        }
      }
    }
    return lost.isEmpty() ? null : lost(run, lost);
  }

  private static IllegalStateException lost(TestRun run, Map<String, SQLException> engines) {
    IllegalStateException lost =
        new IllegalStateException(
            "Test '"
                + run.name()
                + "': something has ended the transaction that it shares on "
                + engines.keySet()
                + ". Most likely the application has committed it by an SQL statement: one that"
                + " changes tables (DDL) commits by itself on MariaDB, H2 and others. The rows that"
                + " were there by then stay, and later tests see them. Make tables before, in a"
                + " @BeforeAll method, or test with transactions = SEPARATE. Or the database has"
                + " rolled all of it back, as some do after a deadlock: then nothing stays.");
    engines.values().forEach(lost::addSuppressed);
    return lost;
  }

  private static boolean works(Connection connection) {
    try {
      connection.rollback();
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  private void giveBack(@Nullable Throwable because) throws SQLException {
    Throwable failure = because;
    for (Own each : own.values()) {
      failure = CleanUp.attempt(() -> giveBack(each), failure);
    }
    own.clear();
    if (because == null) {
      CleanUp.throwIfAny(failure);
    }
  }

  private static void giveBack(Own taken) throws SQLException {
    try (Connection connection = taken.connection()) {
      connection.rollback();
      connection.setAutoCommit(taken.autocommit());
    } catch (SQLException e) {
      if (taken.engine().state().status() != EngineState.Status.CLOSED) {
        throw e;
      } // else the application has stopped, which has cut the connection
    }
  }
}
