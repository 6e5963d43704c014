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

  private final KeptTables kept;

  SeparateTransactions(TestSettings settings) {
    this.kept = new KeptTables(settings.keep());
  }

  @Override
  public void before(TestRun run) {
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

  /** Each once, also if two engines write to it; one that fails stops no other. */
  private void forEachDatabase(TestRun run, Work work) {
    List<Engine> engines =
        run.engines().stream()
            .filter(engine -> engine.options().kind() != EngineKind.READ_ONLY)
            .filter(engine -> engine.state().isUp())
            .toList();
    Set<Location> done = new HashSet<>();
    RuntimeException failure = null;
    for (Engine engine : engines) {
      RuntimeException failed = inTransaction(run, engine, done, work);
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

  private @Nullable RuntimeException inTransaction(
      TestRun run, Engine engine, Set<Location> done, Work work) {
    try (Connection connection = engine.dataSource().getConnection()) {
      if (done.add(Location.of(connection))) {
        boolean autocommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try {
          work.with(new DatabaseCleaner(engine, connection, kept));
          connection.commit();
        } catch (SQLException | RuntimeException e) {
          connection.rollback();
          throw e;
        } finally {
          connection.setAutoCommit(autocommit);
        }
      }
      return null;
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
}
