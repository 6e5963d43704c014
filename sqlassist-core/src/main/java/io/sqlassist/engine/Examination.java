package io.sqlassist.engine;

import io.sqlassist.engine.DatabaseQuestions.ConnectionLimit;
import io.sqlassist.engine.DatabaseQuestions.Rights;
import io.sqlassist.engine.Verification.Finding;
import io.sqlassist.engine.Verification.Severity;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import org.hibernate.cfg.AvailableSettings;
import org.jspecify.annotations.Nullable;

/**
 * Looks at one engine by itself, on a thread of its own. Others read what it has found so far, and
 * stop it when it takes too long.
 */
final class Examination implements Runnable {

  /** What the engines of one server are held against each other by. */
  record Facts(
      String server, List<ConnectionLimit> limits, OptionalInt preparedLimit, int isolation) {}

  private static final Duration LONG_PREPARED = Duration.ofMinutes(10);
  private static final int CLOCK_SAMPLES = 3;

  private final Engine engine;
  private final EngineKind kind;
  private final VerificationConfig config;
  private final Clock clock;
  private final List<Finding> findings = new CopyOnWriteArrayList<>();
  private volatile String doing = "reachable";
  private volatile @Nullable Connection connection;
  private volatile @Nullable Facts facts;
  private boolean ended;

  Examination(Engine engine, VerificationConfig config, Clock clock) {
    this.engine = engine;
    this.kind = engine.options().kind();
    this.config = config;
    this.clock = clock;
  }

  Engine engine() {
    return engine;
  }

  List<Finding> findings() {
    return List.copyOf(findings);
  }

  /** Empty if the database did not tell. */
  Optional<Facts> facts() {
    return Optional.ofNullable(facts);
  }

  @Override
  public void run() {
    try {
      examine();
    } finally {
      end();
    }
  }

  /** True once: whoever comes second has nothing to say any more. */
  private synchronized boolean end() {
    boolean first = !ended;
    ended = true;
    return first;
  }

  private void examine() {
    EngineState state = engine.state();
    if (!state.isUp()) {
      find(
          Severity.ERROR,
          "it is " + state.status() + state.reason().map(why -> ": " + withoutEnd(why)).orElse(""),
          "Start its database; the engine comes up by itself");
      return;
    }
    try (Connection own = engine.dataSource().getConnection()) {
      connection = own;
      checkMode(own);
      boolean autoCommit = own.getAutoCommit();
      boolean readOnly = own.isReadOnly();
      if (!autoCommit) {
        own.setAutoCommit(true); // so that a question that fails does not spoil the next
      }
      if (!readOnly && kind.usesReadOnly()) {
        own.setReadOnly(true); // as the engine's sessions get it
      }
      try {
        examine(own);
      } finally {
        if (!readOnly && kind.usesReadOnly()) {
          own.setReadOnly(false);
        }
        if (!autoCommit) {
          own.setAutoCommit(false);
        }
      }
    } catch (Error e) {
      died(e);
    } catch (SQLException | RuntimeException e) {
      if (doing.equals("reachable")) {
        find(
            Severity.ERROR,
            "its database could not be reached: " + reason(e),
            "Start it, or correct url, user and password; see also the state of its pool");
      } else {
        notChecked("the connection broke: " + reason(e), "Look at the database's log, try again");
      }
    } finally {
      connection = null;
    }
  }

  /**
   * Ends the examination from another thread, which has waited long enough.
   *
   * @param interrupted whether that thread was interrupted before the time limit
   */
  void stop(Thread thread, boolean interrupted) {
    // What it fails with from here on, the interrupt above all, is no finding about the engine.
    if (!end()) {
      return;
    }
    if (interrupted) {
      add(
          Severity.NOT_CHECKED,
          "verify() was interrupted before there was an answer",
          "Call it on a thread that is not interrupted");
    } else {
      add(
          doing.equals("reachable") ? Severity.ERROR : Severity.NOT_CHECKED,
          "no answer within " + config.timeLimit().toMillis() + " ms",
          "Look whether the database is overloaded or its pool exhausted, or give it more time"
              + " with timeLimit");
    }
    thread.interrupt();
    Connection open = connection;
    if (open != null) {
      try {
        open.abort(Runnable::run); // the driver may wait for the network for ever
      } catch (SQLException | RuntimeException e) {
        add(
            Severity.WARNING,
            "a connection that does not answer could not be cut off: " + reason(e),
            "Set a socket timeout in the driver's url");
      }
    }
  }

  private void checkMode(Connection own) throws SQLException {
    doing = "autocommit";
    boolean handedOut = own.getAutoCommit();
    if (!engine.policy().isCoordinated() && handedOut != kind.usesAutoCommit()) {
      find(
          Severity.WARNING,
          "the pool hands out connections with autoCommit="
              + handedOut
              + ", and a "
              + kind
              + " engine wants "
              + kind.usesAutoCommit()
              + ": each one is switched over and back",
          "Set autoCommit=" + kind.usesAutoCommit() + " on the pool");
    }
  }

  private interface Check {
    void run() throws SQLException;
  }

  private void examine(Connection own) throws SQLException {
    String product = own.getMetaData().getDatabaseProductName();
    check("isolation", () -> checkIsolation(own));
    check("cache", this::checkCache);
    DatabaseQuestions questions = DatabaseQuestions.of(product).orElse(null);
    if (questions == null) {
      doing = "database";
      notChecked(
          "SqlAssist does not know how to ask '"
              + product
              + "' for its role, limits, rights and time",
          "Check them by hand");
      return;
    }
    check("role", () -> checkRole(own, questions));
    check("connections", () -> collect(own, questions));
    check("prepared transactions", () -> checkPrepared(own, questions));
    check("rights", () -> checkRights(own, questions));
    check("tables", () -> checkTables(own, questions));
    check("clock", () -> checkClock(own, questions));
    check("time zone", () -> checkZone(own, questions));
    check("idle connections", () -> checkIdle(own, questions));
  }

  private void check(String name, Check check) throws SQLException {
    if (Thread.currentThread().isInterrupted()) {
      return; // nobody waits for the rest
    }
    doing = name;
    try {
      check.run();
    } catch (Error e) {
      died(e);
    } catch (SQLException | RuntimeException e) {
      Connection open = connection;
      if (open == null || !open.isValid(1)) {
        throw e;
      }
      notChecked(
          "it could not be found out: " + reason(e),
          "Give the engine's user the right that is missing, or check it by hand");
    }
  }

  /** Not only unchecked: what can't be loaded, for one, will be missing elsewhere, too. */
  private void died(Error e) {
    find(
        Severity.ERROR,
        "the check died of " + e.getClass().getSimpleName() + ": " + reason(e),
        "Look whether the versions of driver, Hibernate and SqlAssist fit together");
  }

  private void checkIsolation(Connection own) throws SQLException {
    int level = own.getTransactionIsolation();
    if (kind != EngineKind.READ_WRITE) {
      if (level == Connection.TRANSACTION_READ_UNCOMMITTED) {
        find(
            Severity.WARNING,
            "queries see what others have not committed (READ_UNCOMMITTED)",
            "Set transactionIsolation on the pool to TRANSACTION_READ_COMMITTED");
      }
      return;
    }
    switch (level) {
      case Connection.TRANSACTION_NONE ->
          find(
              Severity.ERROR,
              "its connections know no transactions (isolation NONE), so nothing is ever rolled back",
              "Use a database with transactions, or make the engine autocommit()");
      case Connection.TRANSACTION_READ_UNCOMMITTED ->
          find(
              Severity.WARNING,
              "transactions see what others have not committed (READ_UNCOMMITTED)",
              "Set transactionIsolation on the pool to TRANSACTION_READ_COMMITTED or higher");
      case Connection.TRANSACTION_SERIALIZABLE ->
          find(
              Severity.NOTE,
              "transactions are SERIALIZABLE: of two that conflict one fails",
              "Do such work in blocks with retries(n), or lower transactionIsolation on the pool");
      default -> {
        // what most applications are written for
      }
    }
  }

  private void checkCache() {
    if (!engine.isReadOnly()) {
      return;
    }
    if (CachedEntities.isCaching(engine)) {
      find(
          Severity.ERROR,
          "its second-level cache is on, so that what a replica returned too early is shown to all",
          "Remove whatever switches it on: SqlAssist switches it off for a read-only engine");
      return;
    }
    for (String key :
        List.of(AvailableSettings.USE_SECOND_LEVEL_CACHE, AvailableSettings.USE_QUERY_CACHE)) {
      Object value = engine.options().properties().get(key);
      if (value != null && Boolean.parseBoolean(value.toString())) {
        find(
            Severity.NOTE,
            "'" + key + "' is set, and without effect on a read-only engine",
            "Expect no cached entities here; remove the setting if it is not from the defaults");
      }
    }
  }

  private void checkRole(Connection own, DatabaseQuestions questions) throws SQLException {
    Optional<String> replica = questions.replica(own);
    if (kind == EngineKind.READ_ONLY) {
      if (replica.isEmpty() && questions.replicates()) {
        find(
            Severity.NOTE,
            "it is read-only, and its server is no replica: its queries are work for the server that"
                + " the writers need",
            "If there is a replica, let the url lead there; else there is nothing to do");
      }
      return;
    }
    Optional<String> refused = questions.refusesWrites(own);
    if (replica.isPresent()) {
      find(
          refused.isPresent() ? Severity.ERROR : Severity.WARNING,
          "it writes, but its server is a replica: "
              + replica.get()
              + refused
                  .map(why -> ", and " + why)
                  .orElse("; it takes writes, but does its primary get them?"),
          "Let the url lead to the primary (PostgreSQL: several hosts and"
              + " targetServerType=primary), or make the engine readOnly()"
              + (refused.isPresent()
                  ? ""
                  : "; if each of these servers replicates from the other, there is nothing to do"));
      return;
    }
    if (refused.isPresent()) {
      find(
          Severity.ERROR,
          "it writes, but the database refuses that: " + refused.get(),
          "Switch it off for this user, database or server, or make the engine readOnly()");
    }
  }

  private void collect(Connection own, DatabaseQuestions questions) throws SQLException {
    String server = questions.server(own);
    facts =
        new Facts(
            server,
            questions.limits(own, server),
            questions.preparedLimit(own),
            own.getTransactionIsolation());
  }

  private void checkPrepared(Connection own, DatabaseQuestions questions) throws SQLException {
    int old = questions.preparedFor(own, LONG_PREPARED);
    if (old > 0) {
      find(
          Severity.WARNING,
          old
              + (old == 1 ? " transaction has" : " transactions have")
              + " been prepared for more than 10 minutes: they hold their locks, and keep old rows"
              + " from being removed",
          "Let the coordinator that prepared them recover; if it is gone for good, look at them in"
              + " pg_prepared_xacts, and end them with ROLLBACK PREPARED or COMMIT PREPARED");
    }
  }

  private void checkRights(Connection own, DatabaseQuestions questions) throws SQLException {
    Map<String, Boolean> tables = TableNames.of(engine.sessionFactory());
    if (tables.isEmpty()) {
      return;
    }
    Map<String, Rights> rights = questions.rights(own, tables.keySet());
    List<String> missing = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();
    List<String> writable = new ArrayList<>();
    List<String> unwritable = new ArrayList<>();
    List<String> uncertain = new ArrayList<>();
    rights.forEach(
        (table, may) -> {
          if (!may.exists()) {
            missing.add(table);
            return;
          }
          boolean mustWrite = kind != EngineKind.READ_ONLY && tables.getOrDefault(table, false);
          boolean readUnknown = !may.select() && !may.certain();
          boolean writeUnknown =
              !may.anyWrite() && !may.certain() && (mustWrite || kind == EngineKind.READ_ONLY);
          if (readUnknown || writeUnknown) {
            uncertain.add(table);
          }
          if (!may.select() && may.certain()) {
            unreadable.add(table);
          }
          if (may.anyWrite() && kind == EngineKind.READ_ONLY) {
            writable.add(table);
          }
          if (!may.anyWrite() && may.certain() && mustWrite) {
            unwritable.add(table);
          }
        });
    if (!missing.isEmpty()) {
      find(
          Severity.WARNING,
          "there is no " + tables(missing) + ", or its user can't see it",
          "Run the migrations of this database, or give the user its rights");
    }
    if (!unreadable.isEmpty()) {
      find(
          Severity.ERROR,
          "its user may not SELECT from " + tables(unreadable),
          "GRANT SELECT, or leave those entities to another engine");
    }
    if (!writable.isEmpty()) {
      Optional<String> refused = questions.refusesWrites(own);
      find(
          refused.isPresent() ? Severity.NOTE : Severity.WARNING,
          "it is read-only, but its user may write to "
              + tables(writable)
              + (refused.isPresent()
                  ? "; only the mode of the session stops that (" + refused.get() + ")"
                  : ", and nothing in the database stops what SqlAssist can't see, such as"
                      + " doWork(...)"),
          "Use a user that may only SELECT");
    }
    if (!unwritable.isEmpty()) {
      find(
          Severity.WARNING,
          "it writes, but its user may neither INSERT into, UPDATE nor DELETE from "
              + tables(unwritable),
          "GRANT what it needs; mark entities that are never written with @Immutable");
    }
    if (!uncertain.isEmpty()) {
      notChecked(
          "its user can't see all of its own rights to " + tables(uncertain),
          "Check them as an administrator");
    }
  }

  private void checkTables(Connection own, DatabaseQuestions questions) throws SQLException {
    if (kind != EngineKind.READ_WRITE) {
      return;
    }
    Map<String, String> without =
        questions.withoutTransactions(own, TableNames.of(engine.sessionFactory()).keySet());
    if (!without.isEmpty()) {
      find(Severity.ERROR, "there is no rollback for " + without, "ALTER TABLE ... ENGINE=InnoDB");
    }
  }

  private void checkClock(Connection own, DatabaseQuestions questions) throws SQLException {
    Duration least = null;
    for (int i = 0; i < CLOCK_SAMPLES; i++) {
      Duration difference = difference(own, questions);
      if (least == null || difference.abs().compareTo(least.abs()) < 0) {
        least = difference;
      }
    }
    if (least != null && least.abs().compareTo(config.clockDifference()) > 0) {
      find(
          Severity.WARNING,
          "the database's clock is "
              + least.abs().toMillis()
              + " ms "
              + (least.isNegative() ? "behind" : "ahead of")
              + " this JVM's, or more",
          "Let both machines keep the time with NTP, or take all times from one of the two clocks");
    }
  }

  /**
   * How far the clocks are apart for certain, whenever on the way the database looked at its own.
   */
  private Duration difference(Connection own, DatabaseQuestions questions) throws SQLException {
    Instant before = clock.instant();
    Instant there = questions.now(own);
    Instant after = clock.instant();
    if (there.isBefore(before)) {
      return Duration.between(before, there);
    }
    return there.isAfter(after) ? Duration.between(after, there) : Duration.ZERO;
  }

  private void checkZone(Connection own, DatabaseQuestions questions) throws SQLException {
    if (CachedEntities.options(engine).getJdbcTimeZone() != null) {
      return; // times are converted, whatever the session has
    }
    Duration there = questions.offset(own);
    Duration here =
        Duration.ofSeconds(
            ZoneId.systemDefault().getRules().getOffset(clock.instant()).getTotalSeconds());
    if (there.minus(here).abs().compareTo(Duration.ofMinutes(1)) > 0) {
      find(
          Severity.WARNING,
          "the session's time zone is "
              + hours(there)
              + " and this JVM's "
              + hours(here)
              + ": times without a zone mean something else on either side",
          "Set 'hibernate.jdbc.time_zone' to UTC and keep UTC in the database, or give both the same"
              + " zone");
    }
  }

  private void checkIdle(Connection own, DatabaseQuestions questions) throws SQLException {
    KnownPool pool = HikariPools.known(engine.dataSource());
    Optional<Duration> limit = questions.idleLimit(own);
    if (pool == null || limit.isEmpty()) {
      return;
    }
    Duration life = pool.maxLifetime();
    Duration keepalive = pool.keepaliveTime();
    boolean kept = !keepalive.isZero() && keepalive.compareTo(limit.get()) < 0;
    if (!kept && (life.isZero() || life.compareTo(limit.get()) >= 0)) {
      find(
          Severity.WARNING,
          "the server closes connections that are idle for "
              + limit.get().toSeconds()
              + " s, and the pool keeps them "
              + (life.isZero() ? "for ever" : "for " + life.toSeconds() + " s")
              + ": some end behind its back, and cost whoever gets them a new connection",
          "Set keepaliveTime or maxLifetime of the pool below that, or raise the server's limit");
    }
  }

  private static String hours(Duration offset) {
    return ZoneOffset.ofTotalSeconds((int) offset.toSeconds()).toString();
  }

  private static String tables(List<String> names) {
    return TableNames.describe(names);
  }

  private void notChecked(String what, String fix) {
    find(Severity.NOT_CHECKED, what, fix);
  }

  private synchronized void find(Severity severity, String what, String fix) {
    if (!ended) {
      add(severity, what, fix);
    }
  }

  private void add(Severity severity, String what, String fix) {
    findings.add(new Finding(engine.name(), severity, doing, what, fix));
  }

  static String reason(Throwable failure) {
    Throwable root = failure;
    for (int depth = 0; root.getCause() != null && depth < 20; depth++) {
      root = root.getCause();
    }
    String text = String.valueOf(failure.getMessage());
    String beneath = String.valueOf(root.getMessage());
    String all = root == failure || text.contains(beneath) ? text : text + ", because: " + beneath;
    return withoutEnd(Secrets.mask(all, null).strip().replaceAll("\\s+", " "));
  }

  private static String withoutEnd(String sentence) {
    return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
  }
}
