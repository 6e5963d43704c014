package io.sqlassist.testing;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineKind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets commits fail, and connections, on any thread: in the test's own units of work and in those
 * of an application that is running.
 *
 * <pre>{@code
 * @Test
 * void anOrderThatCanNotBeCommittedIsRefused(Faults faults) {
 *   faults.failCommit("ledger");
 *   assertEquals(503, post("/books/1/orders"));
 * }
 * }</pre>
 *
 * <p>Everything works again at the end of the test. A fault that a test asked for, and that never
 * happened, fails the test: what it shows would have been shown without it.
 *
 * <p>What it shows: what the application and SqlAssist do when a database says that. What it does
 * not: that the database would. A commit that fails here <em>before</em> the database is asked for
 * it has been rolled back there, as a real refusal does; one that fails <em>after</em> has been
 * committed. A connection that is broken by SQLSTATE class 08 is really closed. An engine that
 * commits through a coordinator (JTA) refuses when it is asked to prepare, or to commit in one
 * phase, and everything is rolled back; that its answer is lost can't be had there.
 *
 * <p>Thread-safe.
 *
 * @see Instruments#faults()
 */
public final class Faults {

  private final Instruments instruments;
  private final Map<String, Fault> commits = new ConcurrentHashMap<>();
  private final Map<String, Fault> acquisitions = new ConcurrentHashMap<>();

  Faults(Instruments instruments) {
    this.instruments = instruments;
  }

  /**
   * Lets the next commit of an engine fail: it is rolled back, and the database says SQLSTATE
   * 40001.
   *
   * @param engine its name
   * @return this
   * @throws IllegalStateException as {@link #failCommit(String, Consumer)}
   */
  public Faults failCommit(String engine) {
    return failCommit(engine, config -> {});
  }

  /**
   * Lets commits of an engine fail. Replaces what was said of its commits before.
   *
   * @param engine its name
   * @param config says how, and how often
   * @return this
   * @throws IllegalStateException if the engine was initialised before the instruments were added
   * @throws IllegalArgumentException if there is no such engine
   * @throws UnsupportedOperationException if the engine has no commits: a read-only engine, an
   *     autocommit engine; or if the commit is to fail afterwards, or to break the connection, on
   *     an engine that commits through a coordinator, or in a shared transaction, where the
   *     connection is the test's own
   */
  public Faults failCommit(String engine, Consumer<? super FaultConfig> config) {
    requireCommits(engine);
    FaultConfig given = new FaultConfig("40001");
    config.accept(given);
    Fault fault = given.freeze("The commit");
    if (instruments.isLent(engine) && (fault.after() || fault.breaksConnection())) {
      throw new UnsupportedOperationException(
          "The commit of engine '"
              + engine
              + "' is the release of a savepoint in this test, whose transaction is shared: it can"
              + " be refused, but not be lost, and the connection is the test's own. Use another"
              + " kind of transactions for this test, in which the application really commits.");
    }
    if (find(engine).policy().isCoordinated() && (fault.after() || fault.breaksConnection())) {
      throw new UnsupportedOperationException(
          "Engine '"
              + engine
              + "' commits together with others through a coordinator (JTA): it can refuse to, but"
              + " its answer can't be lost here, since the coordinator would ask again until it has"
              + " one. Leave out afterCommit(), and SQLSTATE class 08.");
    }
    commits.put(engine, fault);
    return this;
  }

  /**
   * Lets an engine get no connection, the next time that it needs one.
   *
   * @param engine its name
   * @return this
   * @throws IllegalStateException as {@link #failAcquisition(String, Consumer)}
   */
  public Faults failAcquisition(String engine) {
    return failAcquisition(engine, config -> {});
  }

  /**
   * Lets an engine get no connections. Replaces what was said of its connections before.
   *
   * @param engine its name
   * @param config says with which SQLSTATE, and how often
   * @return this
   * @throws IllegalStateException if the engine was initialised before the instruments were added
   * @throws IllegalArgumentException if there is no such engine, or if it is to fail after a commit
   * @throws UnsupportedOperationException in a shared transaction, where the engine needs no
   *     connection
   */
  public Faults failAcquisition(String engine, Consumer<? super FaultConfig> config) {
    find(engine);
    instruments.requireSeen(engine);
    if (instruments.isLent(engine)) {
      throw new UnsupportedOperationException(
          "Engine '"
              + engine
              + "' acquires no connection in this test: one is lent to it, for a shared transaction or"
              + " a simulated lag. Use another kind of transactions for this test.");
    }
    FaultConfig given = new FaultConfig("08001");
    config.accept(given);
    if (given.isAfter()) {
      throw new IllegalArgumentException("A connection does not come after a commit.");
    }
    acquisitions.put(engine, given.freeze("A connection"));
    return this;
  }

  /**
   * How often something has failed since the beginning of the test, or since it was last asked for.
   *
   * @param engine its name
   * @return how many commits and connections of the engine have failed as wanted
   */
  public int happened(String engine) {
    return happened(commits.get(engine)) + happened(acquisitions.get(engine));
  }

  private static int happened(@Nullable Fault fault) {
    return fault == null ? 0 : fault.happened();
  }

  /** Everything works again. */
  public void clear() {
    commits.clear();
    acquisitions.clear();
  }

  /** What was wanted and has not happened. */
  List<String> missing() {
    List<String> missing = new ArrayList<>();
    for (Map<String, Fault> each : List.of(commits, acquisitions)) {
      new TreeMap<>(each)
          .forEach(
              (engine, fault) -> {
                if (fault.isMissing()) {
                  missing.add(fault.description(engine));
                }
              });
    }
    return missing;
  }

  /** A commit is on its way; what is to become of it, or null. */
  @Nullable Fault committing(String engine) {
    Fault fault = commits.get(engine);
    return fault != null && fault.happens() ? fault : null;
  }

  /** Whether the commits of an engine may have to fail. */
  boolean concernCommits(String engine) {
    return commits.containsKey(engine);
  }

  void acquiring(String engine) throws SQLException {
    Fault fault = acquisitions.get(engine);
    if (fault != null && fault.happens()) {
      throw fault.noConnection(engine);
    }
  }

  private Engine find(String engine) {
    return instruments.registry().engine(engine);
  }

  private void requireCommits(String name) {
    Engine engine = find(name);
    instruments.requireSeen(name);
    if (engine.options().kind() != EngineKind.READ_WRITE) {
      throw new UnsupportedOperationException(
          "Engine '"
              + name
              + "' has no commits: it is "
              + (engine.options().kind() == EngineKind.READ_ONLY ? "read-only" : "autocommit")
              + ". Let its connections fail, with failAcquisition(\""
              + name
              + "\").");
    }
  }
}
