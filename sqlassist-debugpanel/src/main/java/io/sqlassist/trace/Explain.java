package io.sqlassist.trace;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.trace.ExplainResult.Outcome;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Asks a database how it would execute a recorded statement. Never takes a statement from outside:
 * only one that is in the store.
 *
 * <p>EXPLAIN is not harmless: some databases execute what follows a semicolon, or an ANALYZE. So a
 * statement must first be judged to do nothing but read; what can't be judged is refused. Where it
 * is to be executed for its plan, it may also call no function but those that are known to be
 * harmless. Then it runs in a transaction with a time limit that is rolled back, and that is
 * read-only where the database knows such a thing; H2 does not.
 *
 * <p>Thread-safe. One plan at a time is made for each engine.
 */
public final class Explain {

  private static final int SECONDS = 5;
  private static final int LONGEST = 256 * 1024;

  private final EngineRegistry registry;
  private final Recorder recorder;
  private final boolean enabled;
  private final boolean remote;
  private final boolean analyze;
  private final Map<String, Semaphore> turns = new ConcurrentHashMap<>();

  /**
   * An explainer that asks local databases, without ANALYZE.
   *
   * @param registry the engines
   * @param recorder what knows the statements
   */
  public Explain(EngineRegistry registry, Recorder recorder) {
    this(registry, recorder, config -> {});
  }

  /**
   * An explainer.
   *
   * @param registry the engines
   * @param recorder what knows the statements
   * @param config receives the settings
   */
  public Explain(
      EngineRegistry registry, Recorder recorder, Consumer<? super ExplainConfig> config) {
    ExplainConfig given = new ExplainConfig();
    config.accept(given);
    this.registry = registry;
    this.recorder = recorder;
    this.enabled = given.enabled;
    this.remote = given.remote;
    this.analyze = given.analyze;
  }

  /**
   * Whether a statement may be explained. Asks no database.
   *
   * @param statement the statement, as recorded
   * @param analyzed whether the database is to execute it
   * @return the decision, with the reason
   */
  public ExplainDecision decide(StatementTrace statement, boolean analyzed) {
    if (!enabled) {
      return ExplainDecision.no("EXPLAIN is switched off");
    }
    if (analyzed && !analyze) {
      return ExplainDecision.no(
          "EXPLAIN ANALYZE executes the statement: allow it with explainAnalyze(true)");
    }
    Pool pool = recorder.pool(statement.engine()).orElse(null);
    Pool.Database database = pool == null ? null : pool.database();
    if (pool == null || database == null || registry.find(statement.engine()).isEmpty()) {
      return ExplainDecision.no("the engine '" + statement.engine() + "' is not known any more");
    }
    if (!remote && !database.notLocal().isEmpty()) {
      return ExplainDecision.no(
          "EXPLAIN is off because " + database.notLocal() + ": allow it with explainRemote(true)");
    }
    if (prefix(pool.dialect(), false) == null) {
      return ExplainDecision.no(
          "EXPLAIN is tested on H2, PostgreSQL, MariaDB and MySQL, not on " + database.product());
    }
    if (statement.truncated()) {
      return ExplainDecision.no("the statement was not kept completely");
    }
    if (!statement.hasCompleteBinds()) {
      return ExplainDecision.no(
          statement.batchSize() > 0
              ? "it is a batch"
              : "not all values were kept: " + why(statement));
    }
    for (Bind bind : statement.binds()) {
      if (value(bind) == null && !bind.type().equals("null")) {
        return ExplainDecision.no(
            "value " + bind.index() + " is of a type that is not bound again: " + bind.type());
      }
    }
    String doubt =
        analyzed
            ? ExplainGate.whyNotExecuted(statement.sql(), pool.dialect())
            : ExplainGate.whyNot(statement.sql(), pool.dialect());
    if (!doubt.isEmpty()) {
      return ExplainDecision.no("the statement may not only read: " + doubt);
    }
    return statement.kind() == StatementKind.SELECT
        ? ExplainDecision.ALLOWED
        : ExplainDecision.no("the statement may not only read");
  }

  private static String why(StatementTrace statement) {
    for (Bind bind : statement.binds()) {
      switch (bind.state()) {
        case MASKED -> {
          return "value " + bind.index() + " is masked";
        }
        case TRUNCATED -> {
          return "value " + bind.index() + " is too long";
        }
        case OPAQUE -> {
          return "value " + bind.index() + " is of a type that is not shown, " + bind.type();
        }
        case COMPLETE -> {
          // look at the next
        }
      }
    }
    return "there were too many statements, or too many values";
  }

  /**
   * Asks the database, if the statement may be explained.
   *
   * @param traceId id of a trace in the store
   * @param statement number of a statement in it
   * @param analyzed whether the database is to execute it
   * @return the plan, or why there is none; empty if there is no such statement
   */
  public Optional<ExplainResult> explain(String traceId, int statement, boolean analyzed) {
    return recorder
        .store()
        .find(traceId)
        .flatMap(
            trace ->
                trace.statements().stream().filter(each -> each.index() == statement).findFirst())
        .map(each -> explain(each, analyzed));
  }

  ExplainResult explain(StatementTrace statement, boolean analyzed) {
    ExplainDecision decision = decide(statement, analyzed);
    if (!decision.allowed()) {
      return new ExplainResult(Outcome.REFUSED, decision.reason(), false, 0);
    }
    Semaphore turn = turns.computeIfAbsent(statement.engine(), engine -> new Semaphore(1));
    if (!turn.tryAcquire()) {
      return busy("another plan is being made for '" + statement.engine() + "'");
    }
    try {
      return recorder.withoutCapture(() -> ask(statement, analyzed));
    } catch (Exception e) {
      return new ExplainResult(Outcome.FAILED, Failures.of(e).message(), false, 0);
    } finally {
      turn.release();
    }
  }

  private static ExplainResult busy(String why) {
    return new ExplainResult(Outcome.BUSY, why, false, 0);
  }

  private ExplainResult ask(StatementTrace statement, boolean analyzed) throws SQLException {
    Engine engine = registry.engine(statement.engine());
    Pool pool = recorder.pool(statement.engine()).orElseThrow();
    DataSource dataSource = engine.dataSource();
    Boolean free = pool.hasFreeConnection();
    if (free == null && !isDriversOwn(dataSource)) {
      return busy(
          "the pool of '" + engine.name() + "' can't tell whether it has a connection free");
    }
    if (Boolean.FALSE.equals(free)) {
      return busy("the pool of '" + engine.name() + "' has no connection free");
    }
    String sql = prefix(pool.dialect(), analyzed) + statement.sql();
    long start = System.nanoTime();
    try (Connection connection = dataSource.getConnection()) {
      boolean autoCommit = connection.getAutoCommit();
      boolean readOnly = pool.isReadOnly();
      connection.setAutoCommit(false);
      try {
        connection.setReadOnly(true);
        return plan(connection, sql, statement, start);
      } finally {
        restore(connection, autoCommit, readOnly);
      }
    }
  }

  /** A data source without a pool always has a connection free. */
  private static boolean isDriversOwn(DataSource dataSource) {
    return switch (dataSource.getClass().getName()) {
      case "org.h2.jdbcx.JdbcDataSource",
          "org.postgresql.ds.PGSimpleDataSource",
          "org.mariadb.jdbc.MariaDbDataSource" ->
          true;
      default -> false;
    };
  }

  private static void restore(Connection connection, boolean autoCommit, boolean readOnly)
      throws SQLException {
    connection.rollback();
    connection.setReadOnly(readOnly);
    connection.setAutoCommit(autoCommit);
  }

  private static ExplainResult plan(
      Connection connection, String sql, StatementTrace statement, long start) throws SQLException {
    try (PreparedStatement prepared = connection.prepareStatement(sql)) {
      prepared.setQueryTimeout(SECONDS);
      prepared.setMaxRows(10_000);
      for (Bind bind : statement.binds()) {
        prepared.setObject(bind.index(), value(bind));
      }
      try (ResultSet rows = prepared.executeQuery()) {
        return read(rows, start);
      }
    }
  }

  private static ExplainResult read(ResultSet rows, long start) throws SQLException {
    int columns = rows.getMetaData().getColumnCount();
    StringBuilder text = new StringBuilder();
    if (columns > 1) {
      for (int i = 1; i <= columns; i++) {
        text.append(i == 1 ? "" : " | ").append(rows.getMetaData().getColumnLabel(i));
      }
      text.append('\n');
    }
    while (text.length() <= LONGEST && rows.next()) {
      for (int i = 1; i <= columns; i++) {
        text.append(i == 1 ? "" : " | ").append(rows.getString(i));
      }
      text.append('\n');
    }
    boolean truncated = text.length() > LONGEST;
    if (truncated) {
      text.setLength(LONGEST);
    }
    return new ExplainResult(
        Outcome.PLAN, text.toString().stripTrailing(), truncated, System.nanoTime() - start);
  }

  private static @Nullable String prefix(SqlDialect dialect, boolean analyzed) {
    return switch (dialect) {
      case H2, POSTGRESQL -> analyzed ? "EXPLAIN ANALYZE " : "EXPLAIN ";
      case MARIADB -> analyzed ? "ANALYZE " : "EXPLAIN ";
      case OTHER -> null;
    };
  }

  /** The value of a bind, in the type it was bound as; null if that type is not made again. */
  private static @Nullable Object value(Bind bind) {
    try {
      return switch (bind.type()) {
        case "String" -> bind.value();
        case "Long" -> Long.valueOf(bind.value());
        case "Integer" -> Integer.valueOf(bind.value());
        case "Short" -> Short.valueOf(bind.value());
        case "Byte" -> Byte.valueOf(bind.value());
        case "Double" -> Double.valueOf(bind.value());
        case "Float" -> Float.valueOf(bind.value());
        case "Boolean" -> Boolean.valueOf(bind.value());
        case "BigDecimal" -> new BigDecimal(bind.value());
        case "BigInteger" -> new BigDecimal(new BigInteger(bind.value()));
        case "UUID" -> UUID.fromString(bind.value());
        case "Timestamp" -> java.sql.Timestamp.valueOf(bind.value());
        case "Date" -> java.sql.Date.valueOf(bind.value());
        case "Time" -> java.sql.Time.valueOf(bind.value());
        case "LocalDate" -> java.time.LocalDate.parse(bind.value());
        case "LocalDateTime" -> java.time.LocalDateTime.parse(bind.value());
        case "LocalTime" -> java.time.LocalTime.parse(bind.value());
        case "OffsetDateTime" -> java.time.OffsetDateTime.parse(bind.value());
        default -> null;
      };
    } catch (IllegalArgumentException | java.time.DateTimeException e) {
      return null;
    }
  }
}
