package io.sqlassist.testing;

import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ParameterResolutionException;

/**
 * Counts what a test does, lets things fail that it wants to fail, and looks for what it left open.
 * Set up before everything else, and taken down after it.
 */
final class InstrumentsPart implements TestPart {

  /** What test methods may take as a parameter. */
  static final Set<Class<?>> PARAMETERS =
      Set.of(Instruments.class, Faults.class, Statements.class, ReplicaLag.class);

  private final Collection<MaxStatements> maxStatements;
  private final Collection<MaxConnections> maxConnections;
  private final @Nullable NoNPlusOne noNPlusOne;
  private final @Nullable LeakCheck leakCheck;
  private final Instruments instruments;
  private final List<String> lent = new ArrayList<>();
  private @Nullable Statements recorded;
  private Set<OpenThings.Item> openBefore = Set.of();
  private @Nullable DbSessionsContainer currentBefore;

  InstrumentsPart(Annotations annotations, Instruments instruments) {
    maxStatements = annotations.all(MaxStatements.class, MaxStatements::engine).values();
    maxConnections = annotations.all(MaxConnections.class, MaxConnections::engine).values();
    noNPlusOne = annotations.find(NoNPlusOne.class).orElse(null);
    leakCheck = annotations.find(LeakCheck.class).orElse(null);
    this.instruments = instruments;
  }

  private Statements statements() {
    Statements begun = recorded;
    if (begun == null) {
      throw new IllegalStateException("The test has not begun.");
    }
    return begun;
  }

  Object parameter(Class<?> type, TestRun run) {
    if (type == Instruments.class) {
      return instruments;
    }
    if (type == Faults.class) {
      return instruments.faults();
    }
    if (type == Statements.class) {
      return statements();
    }
    return run.part(LagPart.class)
        .orElseThrow(
            () ->
                new ParameterResolutionException(
                    "No engine lags behind in '"
                        + run.name()
                        + "'. Say which does: @SimulatedLag(\"reader\")."))
        .lag();
  }

  @Override
  public void before(TestRun run) {
    if (run.settings().transactions() == Transactions.SHARED && !maxConnections.isEmpty()) {
      throw new ExtensionConfigurationException(
          "'"
              + run.name()
              + "' has both @MaxConnections and a shared transaction, in which no engine acquires a"
              + " connection. Use @MaxStatements, or other transactions.");
    }
    instruments.faults().clear();
    openBefore = instruments.open().now();
    currentBefore = Units.findCurrent().orElse(null);
    recorded = instruments.record(); // not before: who is refused would never end it
  }

  @Override
  public Connection lending(String engine, Connection connection) {
    lent.add(engine);
    return instruments.lent(engine, connection);
  }

  /** The test method itself is about to run: what was before does not count. */
  void begins() {
    statements().forget();
  }

  /** The test method has run, or has failed: what comes does not count. */
  void ends() {
    statements().close();
  }

  @Override
  public void after(TestRun run) {
    statements().close();
    List<String> missing = instruments.faults().missing();
    instruments.faults().clear();
    try {
      List<Throwable> failures = new ArrayList<>();
      if (run.failure().isEmpty()) {
        expectFaults(run, missing, failures);
        check(failures);
      }
      checkLeaks(run, failures);
      throwAny(failures);
    } finally {
      lent.forEach(instruments::isNotLent);
    }
  }

  private static void expectFaults(TestRun run, List<String> missing, List<Throwable> failures) {
    if (!missing.isEmpty()) {
      failures.add(
          new AssertionError(
              "'"
                  + run.name()
                  + "' wanted something to fail that was never tried: "
                  + String.join("; ", missing)
                  + ". What it shows would be shown without it. Let the test come as far, or call"
                  + " faults.clear() when enough has failed."));
    }
  }

  private void check(List<Throwable> failures) {
    Statements statements = statements();
    for (MaxStatements most : maxStatements) {
      attempt(
          failures,
          () -> {
            if (most.engine().isEmpty()) {
              statements.assertAtMost(most.value());
            } else {
              statements.assertAtMost(most.engine(), most.value());
            }
          });
    }
    for (MaxConnections most : maxConnections) {
      attempt(failures, () -> statements.assertConnectionsAtMost(most.engine(), most.value()));
    }
    NoNPlusOne rule = noNPlusOne;
    if (rule != null) {
      attempt(failures, () -> statements.assertNoNPlusOne(rule.repeats()));
    }
  }

  /** A claim that makes no sense hides no other, and no leak. */
  private static void attempt(List<Throwable> failures, Runnable claim) {
    try {
      claim.run();
    } catch (AssertionError | RuntimeException e) {
      failures.add(e);
    }
  }

  private void checkLeaks(TestRun run, List<Throwable> failures) {
    if (leakCheck != null && !leakCheck.value()) {
      return;
    }
    Duration grace =
        Duration.ofMillis(
            leakCheck == null ? UnitsOfApplication.GRACE_MILLIS : leakCheck.graceMillis());
    List<String> open = new ArrayList<>(stillOpen(grace));
    DbSessionsContainer current = Units.findCurrent().orElse(null);
    boolean leftCurrent = run.part(UnitOfTest.class).filter(UnitOfTest::hidesAnother).isPresent();
    if (current != null && isNew(current)) {
      Units.leave(current); // or the next test on this thread would find it
      leftCurrent = true;
    }
    if (leftCurrent) {
      open.add("a unit of work that is still the current one of the test's thread");
    }
    if (!open.isEmpty()) {
      failures.add(
          new AssertionError(
              "'"
                  + run.name()
                  + "' is over, and left open: "
                  + String.join("; ", open)
                  + ". Close it in the test or in the application, in a try-with-resources"
                  + " statement; or say @LeakCheck(false)."));
    }
  }

  /** A test that has left its thread interrupted is told what it left open all the same. */
  private List<String> stillOpen(Duration grace) {
    try {
      return instruments.open().awaitClosed(openBefore, grace);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return instruments.open().notClosed(openBefore);
    }
  }

  @SuppressWarnings("ReferenceEquality") // one object is one unit
  private boolean isNew(DbSessionsContainer current) {
    return current != currentBefore;
  }

  private static void throwAny(List<Throwable> failures) {
    if (failures.isEmpty()) {
      return;
    }
    Throwable first = failures.get(0);
    failures.stream().skip(1).forEach(first::addSuppressed);
    if (first instanceof RuntimeException exception) {
      throw exception;
    }
    throw (Error) first;
  }
}
