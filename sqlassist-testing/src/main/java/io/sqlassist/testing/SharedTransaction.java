package io.sqlassist.testing;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.observe.UnitInfo;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
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

  /** How long units of the application may go on after the test, until they are cut off. */
  private static final Duration END = Duration.ofSeconds(10);

  /** Those that write, by engine. */
  private final Map<String, Connection> own = new LinkedHashMap<>();

  private final Mirrors mirrors;
  private EngineRegistry.@Nullable Loan loan;

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
    for (Engine engine : run.engines()) {
      if (engine.options().kind() != EngineKind.READ_ONLY) {
        lent.put(engine.name(), lending(run, engine, begin(run, engine)));
      }
    }
    for (Engine engine : run.engines()) {
      if (engine.options().kind() == EngineKind.READ_ONLY) {
        Optional<String> mirrored = mirrors.mirroredBy(engine.name());
        Connection writers = mirrored.isPresent() ? own.get(mirrored.get()) : writersOn(engine);
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
          "'"
              + run.name()
              + "' can't share a transaction of engine '"
              + engine.name()
              + "', which commits together with others through a coordinator (JTA). Leave it out of"
              + " engines = {...}, or test with transactions = UNTOUCHED.");
    }
    Connection connection = engine.dataSource().getConnection();
    own.put(engine.name(), connection);
    connection.setAutoCommit(false);
    return connection;
  }

  private static Connection lending(TestRun run, Engine engine, Connection connection) {
    Connection lending = connection;
    for (TestPart part : run.parts()) {
      lending = part.lending(engine.name(), lending);
    }
    return lending;
  }

  /** The connection of the engine that writes to what this one reads, if there is one only. */
  private @Nullable Connection writersOn(Engine reader) throws SQLException {
    List<Connection> writers = new ArrayList<>();
    try (Connection connection = reader.dataSource().getConnection()) {
      for (Connection each : own.values()) {
        if (isSameDatabase(each, connection)) {
          writers.add(each);
        }
      }
    }
    return writers.size() == 1 ? writers.get(0) : null;
  }

  private static boolean isSameDatabase(Connection one, Connection other) throws SQLException {
    return one.getMetaData().getURL().equals(other.getMetaData().getURL());
  }

  @Override
  public void after(TestRun run) throws SQLException, InterruptedException {
    List<UnitInfo> underWay = run.units().awaitEnd(END);
    IllegalStateException left =
        underWay.isEmpty()
            ? null
            : new IllegalStateException(
                "'"
                    + run.name()
                    + "' is over, but not what it started: "
                    + underWay.stream().map(UnitInfo::label).toList()
                    + " had not ended "
                    + END.toSeconds()
                    + " s later, and is cut off now. Wait for it in the test, and close every unit"
                    + " that you open.");
    if (loan != null) {
      loan.close();
    }
    giveBack(left);
    if (left != null) {
      throw left;
    }
  }

  private void giveBack(@Nullable Throwable because) throws SQLException {
    SQLException failure = null;
    for (Connection connection : own.values()) {
      try (connection) {
        connection.rollback();
        connection.setAutoCommit(true);
      } catch (SQLException e) {
        if (because != null) {
          because.addSuppressed(e);
        } else if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    own.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
