package io.sqlassist.testing;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Empties the databases of a test, before and after it. */
final class SeparateTransactions implements TestPart {

  /** What is done with the tables of a database, in a transaction. */
  @FunctionalInterface
  private interface Work {
    void with(DatabaseCleaner cleaner) throws SQLException;
  }

  private final CleaningPermit permit;
  private final KeptTables kept;

  SeparateTransactions(TestSettings settings, CleaningPermit permit) {
    this.permit = permit;
    this.kept = new KeptTables(settings.keep());
  }

  @Override
  public void before(TestRun run) throws SQLException {
    for (Engine engine : engines(run)) { // nothing is deleted if one of them is refused
      try (Connection connection = engine.dataSource().getConnection()) {
        permit.check(run.name(), engine, connection);
      }
    }
    if (!kept.isEmpty()) {
      forEachDatabase(run, DatabaseCleaner::tables);
      kept.refuseUnknown(run.name()); // else what was meant to be kept is lost
    }
    clean(run);
  }

  @Override
  public void after(TestRun run) {
    clean(run);
  }

  private void clean(TestRun run) {
    try {
      forEachDatabase(run, cleaner -> cleaner.clean(run.settings().restartSequences()));
    } finally {
      SecondLevelCaches.forget(run.registry()); // they know of what is not there any more
    }
  }

  private static List<Engine> engines(TestRun run) {
    return run.engines().stream()
        .filter(engine -> engine.options().kind() != EngineKind.READ_ONLY)
        .filter(engine -> engine.state().isUp())
        .toList();
  }

  /** Each once, if two engines write to the same schemas; one that fails stops no other. */
  private void forEachDatabase(TestRun run, Work work) {
    Set<List<Object>> done = new HashSet<>();
    RuntimeException failure = null;
    for (Engine engine : engines(run)) {
      RuntimeException failed = with(run, engine, done, work);
      if (failure == null) {
        failure = failed;
      } else if (failed != null) {
        failure.addSuppressed(failed);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private @Nullable RuntimeException with(
      TestRun run, Engine engine, Set<List<Object>> done, Work work) {
    try (Connection connection = engine.dataSource().getConnection()) {
      permit.check(run.name(), engine, connection); // the test may have switched the engine
      DatabaseCleaner cleaner = new DatabaseCleaner(engine, connection, kept);
      if (done.add(cleaner.place())
          || run.settings().restartSequences()) { // each engine has values of them at hand
        inTransaction(connection, () -> work.with(cleaner));
      }
      return null;
    } catch (CleaningRefusedException e) {
      return e;
    } catch (SQLException | RuntimeException e) {
      return new IllegalStateException(
          "Test '"
              + run.name()
              + "': the tables of engine '"
              + engine.name()
              + "' could not be emptied: "
              + e.getMessage()
              + " Does somebody still have a transaction open there? Has the engine's user the"
              + " right to delete?",
          e);
    }
  }

  private static void inTransaction(Connection connection, CleanUp.Step work) throws SQLException {
    boolean autocommit = connection.getAutoCommit();
    connection.setAutoCommit(false);
    try {
      work.take();
      connection.commit();
      connection.setAutoCommit(autocommit);
    } catch (SQLException | RuntimeException e) {
      // Pools close connections after some errors: the error must be told, not that.
      CleanUp.attempt(
          () -> {
            connection.rollback();
            connection.setAutoCommit(autocommit);
          },
          e);
      throw e;
    }
  }
}
