package io.sqlassist.jta;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import javax.sql.XADataSource;
import org.jspecify.annotations.Nullable;

/**
 * Where the connections of a JTA engine come from, and how many there are. The settings have the
 * names and the defaults of HikariCP, which pools the other engines.
 *
 * <p>Used by one thread, until it is handed to the coordinator.
 */
public final class XaPool {

  /** How many connections there are at most. Default: 10. */
  public int maximumPoolSize = 10;

  /** How many connections are kept though nobody uses them. Default: 0. */
  public int minimumIdle;

  /** How long to wait for a connection, or to be let in, before giving up. Default: 30 seconds. */
  public Duration connectionTimeout = Duration.ofSeconds(30);

  /** After what time without use a connection is closed. Default: 10 minutes. */
  public Duration idleTimeout = Duration.ofMinutes(10);

  /** After what time a connection is replaced. Default: 30 minutes. */
  public Duration maxLifetime = Duration.ofMinutes(30);

  /**
   * What tells this database from others, the same after a restart. It is written beside the log,
   * where a name that moves to another database is noticed. Default: the driver's URL without
   * parameters; set it where the same database gets another URL, for example another port.
   */
  public @Nullable String place;

  private final Source source;

  private XaPool(Source source) {
    this.source = source;
  }

  /**
   * A pool over a driver's data source for distributed transactions.
   *
   * @param dataSource for example a {@code PGXADataSource} or a {@code MariaDbDataSource}, ready to
   *     connect; stays the application's
   * @return the pool, with the default settings
   */
  public static XaPool of(XADataSource dataSource) {
    return new XaPool(new Source.Xa(Objects.requireNonNull(dataSource, "dataSource")));
  }

  /**
   * As {@link #of(XADataSource)}, for a class that is known by its properties.
   *
   * @param dataSource a class with a public constructor without parameters
   * @param properties what to set on it: {@code url} calls {@code setUrl} or {@code setURL}
   * @return the pool, with the default settings
   * @throws IllegalArgumentException if the class can't be made or has no such property
   */
  public static XaPool of(
      Class<? extends XADataSource> dataSource, Map<String, String> properties) {
    return of(Beans.make(dataSource, properties));
  }

  /**
   * A pool over a database that can't prepare: the one <em>last resource</em> of a transaction. The
   * others prepare, then this one commits, and that is the decision. <strong>What it
   * risks:</strong> if the process dies between that commit and the note of it in the log, this
   * database keeps its work while the others roll theirs back, and nobody is told. At most one
   * engine of a coordinator can be the last resource.
   *
   * @param dataSource a driver's data source that is not a pool; stays the application's
   * @return the pool, with the default settings
   */
  public static XaPool lastResource(DataSource dataSource) {
    return new XaPool(new Source.Plain(Objects.requireNonNull(dataSource, "dataSource")));
  }

  Source source() {
    return source;
  }
}
