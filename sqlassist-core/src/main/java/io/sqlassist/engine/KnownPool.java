package io.sqlassist.engine;

import java.sql.Connection;
import java.time.Duration;

/**
 * A pool that tells its settings. They are read anew each time: some may be changed while it runs.
 */
interface KnownPool {

  String name();

  boolean autoCommit();

  boolean readOnly();

  int maximumSize();

  /** How long the pool itself lets a caller wait. */
  Duration connectionTimeout();

  /** How long it keeps a connection; zero for ever. */
  Duration maxLifetime();

  /** After what idle time it tests a connection, which the server sees; zero for never. */
  Duration keepaliveTime();

  PoolFigures figures();

  /**
   * Closes a connection in use for good.
   *
   * @param connection one of the pool's, or what observers have wrapped around it
   */
  void evict(Connection connection);

  /** Drops the connections: those that are idle now, those in use when they come back. */
  void evict();

  /** Whether there are connections, idle, in use, or about to be closed. */
  boolean isConnected();

  int minimumIdle();

  void minimumIdle(int idle);
}
