package io.sqlassist.jta;

import io.sqlassist.engine.EngineRegistry;
import java.nio.file.Path;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The recipe of a {@link JtaCoordinator}; lives inside the lambda of {@link JtaCoordinator#start}.
 * Used by one thread.
 */
public final class JtaConfig {

  /**
   * What this process is called in every transaction it prepares: by it recovery knows its own. No
   * default; at most 28 bytes of UTF-8; unique among all processes that use the same databases, and
   * the same again after a restart.
   */
  public @Nullable String nodeId;

  /**
   * The directory of the transaction log, made if it is not there. It must outlive the machine's
   * process, on a durable volume, and belongs to one process at a time. Either this or {@link
   * #jdbcStore}; no default.
   */
  public @Nullable Path objectStore;

  /**
   * A database for the transaction log, for machines without a durable disk. Gets two tables for
   * each node id, and keeps one connection for the lock. Not a database that is an engine of this
   * coordinator; stays the application's and is never closed here. Either this or {@link
   * #objectStore}; no default.
   */
  public @Nullable DataSource jdbcStore;

  /**
   * How long a transaction may take from its first statement to its commit: after that the running
   * statement is cancelled and only a rollback is possible. Default: 60 seconds.
   */
  public Duration timeout = Duration.ofSeconds(60);

  /**
   * How often recovery looks for transactions in doubt, and how old a prepared branch without a
   * decision must be before it is rolled back. Default: 10 seconds; at least 1.
   */
  public Duration recoveryInterval = Duration.ofSeconds(10);

  /** Where the engines are registered. Default: the shared registry of {@code SqlAssist}. */
  public @Nullable EngineRegistry registry;

  JtaConfig() {}
}
