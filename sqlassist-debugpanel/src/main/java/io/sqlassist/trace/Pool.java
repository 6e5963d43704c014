package io.sqlassist.trace;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What is known of an engine's connections: where they come from, and how that fares. */
final class Pool {

  private static final int SAMPLES = 600;
  private static final int ACQUISITIONS = 1_000;
  private static final long SHORTEST_NANOS = 100_000_000;

  /**
   * What a connection tells of its database.
   *
   * @param notLocal why the database does not count as local; empty if it is
   */
  record Database(String product, String version, String url, String notLocal) {

    /** Its name; a replica has the same, though another host. */
    String name() {
      return url.substring(Math.max(url.lastIndexOf('/'), url.lastIndexOf(':')) + 1);
    }
  }

  private final Recorder recorder;
  private final String engine;
  private final DataSource dataSource;
  private final int number;
  private final @Nullable HikariView hikari;
  private final boolean readOnly;
  private volatile @Nullable Database database;
  private volatile SqlDialect dialect = SqlDialect.OTHER;

  // Guarded by this.
  private final ArrayDeque<PoolSample> samples = new ArrayDeque<>();
  private final long[] acquireNanos = new long[ACQUISITIONS];
  private int acquisitions;
  private long lastSample;

  Pool(Recorder recorder, String engine, DataSource dataSource, int number) {
    this.recorder = recorder;
    this.engine = engine;
    this.dataSource = dataSource;
    this.number = number;
    this.hikari = HikariView.of(dataSource);
    this.readOnly = hikari != null && hikari.isReadOnly();
  }

  String engine() {
    return engine;
  }

  int number() {
    return number;
  }

  /** Whether its connections come from there, too, perhaps through the proxies of others. */
  boolean isOver(DataSource other) {
    HikariView of = hikari;
    return dataSource == other || (of != null && of.isSameAs(HikariView.of(other)));
  }

  String name() {
    return hikari == null ? "" : hikari.name();
  }

  boolean isReadOnly() {
    return readOnly;
  }

  SqlDialect dialect() {
    return dialect;
  }

  @Nullable Database database() {
    return database;
  }

  /** Remembers what the first connection tells. */
  void learn(Connection connection) {
    if (database != null) {
      return;
    }
    try {
      DatabaseMetaData facts = connection.getMetaData();
      String url = String.valueOf(facts.getURL());
      dialect = SqlDialect.ofProduct(facts.getDatabaseProductName());
      database =
          new Database(
              facts.getDatabaseProductName(),
              facts.getDatabaseProductVersion(),
              JdbcUrl.shown(url),
              JdbcUrl.whyNotLocal(url));
    } catch (SQLException | RuntimeException e) {
      recorder.captureFailed(e);
    }
  }

  synchronized void acquired(long nanos) {
    acquireNanos[acquisitions++ % ACQUISITIONS] = nanos;
  }

  void sample() {
    synchronized (this) {
      long now = System.nanoTime();
      if (!samples.isEmpty() && now - lastSample < SHORTEST_NANOS) {
        return;
      }
      PoolSample sample = now(Instant.now());
      if (sample == null) {
        return;
      }
      lastSample = now;
      if (samples.size() >= SAMPLES) {
        samples.removeFirst();
      }
      samples.addLast(sample);
    }
  }

  /** How it stands; who waits before the pool waits for it, too. Null if nobody can tell. */
  private @Nullable PoolSample now(Instant at) {
    return recorder
        .poolFigures(engine)
        .map(
            each ->
                new PoolSample(
                    at,
                    each.active(),
                    each.idle(),
                    each.waiting(),
                    each.active() + each.idle(),
                    each.max()))
        .orElseGet(() -> hikari == null ? null : hikari.sample(at));
  }

  /** Whether a connection could be had without making anybody wait for it; null if unknown. */
  @Nullable Boolean hasFreeConnection() {
    PoolSample now = now(Instant.EPOCH);
    if (now == null) {
      return hikari == null ? null : !hikari.isClosed();
    }
    return now.waiting() == 0 && (now.idle() > 0 || now.total() < now.max());
  }

  synchronized PoolTrace toTrace() {
    long[] sorted = Arrays.copyOf(acquireNanos, Math.min(acquisitions, ACQUISITIONS));
    Arrays.sort(sorted);
    Database known = database;
    return new PoolTrace(
        engine,
        name(),
        dataSource.getClass().getName(),
        known == null ? "" : known.url(),
        hikari == null ? samples.isEmpty() ? -1 : samples.getLast().max() : hikari.maxSize(),
        hikari == null ? -1 : hikari.minIdle(),
        hikari == null ? -1 : hikari.connectionTimeoutMillis(),
        hikari == null ? -1 : hikari.maxLifetimeMillis(),
        List.copyOf(samples),
        percentile(sorted, 50),
        percentile(sorted, 95));
  }

  /** By the nearest rank: of two, the larger one is the 95th. */
  private static long percentile(long[] sorted, int percent) {
    return sorted.length == 0 ? -1 : sorted[(sorted.length * percent + 99) / 100 - 1];
  }
}
