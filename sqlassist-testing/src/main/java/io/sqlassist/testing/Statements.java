package io.sqlassist.testing;

import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.testing.StatementLog.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The statements that ran on the engines since a moment, on any thread, and what a test may claim
 * of them. A parameter of this type of a test method counts from the beginning of the test.
 *
 * <p>A statement is what is handed to the driver to be executed; a batch is one. Hibernate's {@code
 * BEGIN} and {@code COMMIT} are none, and neither is what a driver or a pool asks by itself. What
 * runs on a connection that was not got by way of an engine is not seen: that of a Flyway of your
 * own, for example.
 *
 * <p>Thread-safe.
 */
public final class Statements implements AutoCloseable {

  /** How often a query may come from one place within one unit of work before it is suspicious. */
  static final int REPEATS = 3;

  private static final Pattern QUERY =
      Pattern.compile("^\\s*(select|with|values|table)\\b.*", Pattern.DOTALL);
  private static final int SHOWN = 160;

  private final Instruments instruments;
  private final StatementLog.Recording recording;

  Statements(Instruments instruments, StatementLog.Recording recording) {
    this.instruments = instruments;
    this.recording = recording;
  }

  /** Ends the recording; what was recorded can still be asked for. */
  @Override
  public void close() {
    instruments.log().end(recording);
  }

  /** What was so far does not count. */
  void forget() {
    recording.clear();
  }

  /**
   * All statements, in the order in which they ended.
   *
   * @return a snapshot
   */
  public List<ExecutedStatement> list() {
    return recording.entries().stream().map(Entry::statement).toList();
  }

  /**
   * The statements of an engine, in the order in which they ended.
   *
   * @param engine its name
   * @return a snapshot
   */
  public List<ExecutedStatement> list(String engine) {
    return list().stream().filter(each -> each.engine().equals(engine)).toList();
  }

  /**
   * How many statements ran.
   *
   * @return the number, over all engines
   * @throws IllegalStateException if an engine was initialised before the instruments were added
   */
  public int count() {
    instruments.requireAllSeen();
    return recording.entries().size();
  }

  /**
   * How many statements ran on an engine.
   *
   * @param engine its name
   * @return the number
   * @throws io.sqlassist.engine.UnknownEngineException if there is no such engine
   * @throws IllegalStateException if it was initialised before the instruments were added
   */
  public int count(String engine) {
    instruments.requireSeen(engine);
    return list(engine).size();
  }

  /**
   * How many times an engine has acquired a connection. In a shared transaction it acquires none.
   *
   * @param engine its name
   * @return the number
   * @throws io.sqlassist.engine.UnknownEngineException if there is no such engine
   * @throws IllegalStateException if it was initialised before the instruments were added
   */
  public int connections(String engine) {
    instruments.requireSeen(engine);
    return (int) recording.acquisitions().stream().filter(engine::equals).count();
  }

  /**
   * Claims that at most so many statements ran, over all engines.
   *
   * @param most how many
   * @throws AssertionError if there were more; the message lists them by engine, with their places
   */
  public void assertAtMost(int most) {
    int count = count();
    if (count > most) {
      throw failure("%s ran, at most %d expected", counted(count), most);
    }
  }

  /**
   * Claims that at most so many statements ran on an engine.
   *
   * @param engine its name
   * @param most how many; 0: the engine is not used
   * @throws AssertionError if there were more; the message lists them by engine, with their places
   */
  public void assertAtMost(String engine, int most) {
    int count = count(engine);
    if (count > most) {
      throw failure("%s ran on engine '%s', at most %d expected", counted(count), engine, most);
    }
  }

  /**
   * Claims that exactly so many statements ran on an engine.
   *
   * @param engine its name
   * @param expected how many
   * @throws AssertionError if there were more or fewer; the message lists them by engine
   */
  public void assertExactly(String engine, int expected) {
    int count = count(engine);
    if (count != expected) {
      throw failure("%s ran on engine '%s', exactly %d expected", counted(count), engine, expected);
    }
  }

  /**
   * Claims that an engine acquired at most so many connections. A read-write engine holds one from
   * its first statement to the end of its transaction; a read-only or an autocommit engine acquires
   * one for each statement.
   *
   * @param engine its name
   * @param most how many times
   * @throws AssertionError if it were more; the message lists the statements by engine
   */
  public void assertConnectionsAtMost(String engine, int most) {
    int count = connections(engine);
    if (count > most) {
      throw failure(
          "engine '%s' acquired a connection %d times, at most %d expected", engine, count, most);
    }
  }

  /**
   * Claims that no query was repeated three times or more from the same place within one unit of
   * work: the pattern of a collection that is loaded for each entity, or of a {@code find} in a
   * loop. Statements outside of any unit count by thread. Hibernate's own queries for the next ids,
   * from a sequence or a table, are none of that.
   *
   * @throws AssertionError if one was; the message names the query, the place and the number
   */
  public void assertNoNPlusOne() {
    assertNoNPlusOne(REPEATS);
  }

  /**
   * As {@link #assertNoNPlusOne()}, with a limit of your own.
   *
   * @param repeats how many times make it suspicious, at least 2
   * @throws AssertionError if a query came so often from one place within one unit of work
   * @throws IllegalArgumentException if the limit is less than 2
   */
  public void assertNoNPlusOne(int repeats) {
    if (repeats < 2) {
      throw new IllegalArgumentException(
          "A query that comes " + repeats + " times is not repeated. Give at least 2.");
    }
    instruments.requireAllSeen();
    for (Repeated each : repeated().values()) {
      if (each.times >= repeats) {
        ExecutedStatement one = each.statement;
        throw failure(
            "N+1: a query ran %d times from one place in one unit of work, on engine '%s': %s%n"
                + "    at %s%n"
                + "Fetch what is needed with it (join fetch, an entity graph, @BatchSize, an"
                + " in-list), or allow it",
            each.times, one.engine(), shortened(one.sql()), one.place());
      }
    }
  }

  private static final class Repeated {
    final ExecutedStatement statement;
    int times;

    Repeated(ExecutedStatement statement) {
      this.statement = statement;
    }
  }

  /** A unit of work, or the thread where there is none; a query; its place. */
  private record Place(
      @Nullable DbSessionsContainer unit, String thread, String engine, String sql, String at) {

    @Override
    @SuppressWarnings("ReferenceEquality") // one object is one unit
    public boolean equals(@Nullable Object other) {
      return other instanceof Place place
          && unit == place.unit
          && thread.equals(place.thread)
          && engine.equals(place.engine)
          && sql.equals(place.sql)
          && at.equals(place.at);
    }

    @Override
    public int hashCode() {
      return Objects.hash(System.identityHashCode(unit), thread, engine, sql, at);
    }
  }

  private Map<Place, Repeated> repeated() {
    Map<Place, Repeated> repeated = new LinkedHashMap<>();
    for (Entry entry : recording.entries()) {
      ExecutedStatement statement = entry.statement();
      if (entry.getsIds() || !QUERY.matcher(statement.sql().toLowerCase(Locale.ROOT)).matches()) {
        continue;
      }
      DbSessionsContainer unit = entry.unit();
      Place place =
          new Place(
              unit,
              unit == null ? statement.thread() : "",
              statement.engine(),
              statement.sql(),
              statement.place());
      repeated.computeIfAbsent(place, key -> new Repeated(statement)).times++;
    }
    return repeated;
  }

  private AssertionError failure(String format, @Nullable Object... arguments) {
    return new AssertionError(
        String.format(Locale.ROOT, format, arguments) + "." + System.lineSeparator() + report());
  }

  private static String counted(int count) {
    return count == 1 ? "1 statement" : count + " statements";
  }

  /**
   * What ran, for reading: each engine with its statements, how often each ran, and from where.
   *
   * @return some lines of text
   */
  public String report() {
    Map<String, List<ExecutedStatement>> byEngine = new TreeMap<>();
    for (ExecutedStatement each : list()) {
      byEngine.computeIfAbsent(each.engine(), key -> new ArrayList<>()).add(each);
    }
    if (byEngine.isEmpty()) {
      return "No statement ran.";
    }
    StringBuilder text = new StringBuilder();
    byEngine.forEach(
        (engine, statements) -> {
          line(text, "  " + engine + ": " + counted(statements.size()));
          Map<String, List<ExecutedStatement>> same = new LinkedHashMap<>();
          for (ExecutedStatement each : statements) {
            same.computeIfAbsent(each.sql() + '\n' + each.place(), key -> new ArrayList<>())
                .add(each);
          }
          same.values().forEach(each -> describe(text, each));
        });
    return text.toString().stripTrailing();
  }

  private static void describe(StringBuilder text, Collection<ExecutedStatement> same) {
    ExecutedStatement one = same.iterator().next();
    int rows = same.stream().mapToInt(ExecutedStatement::rows).sum();
    long failed = same.stream().filter(ExecutedStatement::failed).count();
    line(
        text,
        "    "
            + same.size()
            + " x "
            + shortened(one.sql())
            + (rows == same.size() ? "" : "  (" + rows + " rows)")
            + (failed == 0 ? "" : "  (" + failed + " failed)"));
    line(text, "        at " + one.place());
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append(System.lineSeparator());
  }

  private static String shortened(String sql) {
    String flat = sql.replaceAll("\\s+", " ").strip();
    return flat.length() <= SHOWN ? flat : flat.substring(0, SHOWN) + "...";
  }

  @Override
  public String toString() {
    return report();
  }
}
