package io.sqlassist.engine;

import io.sqlassist.engine.HostMaker.Database;
import io.sqlassist.schema.MappedTables;
import org.hibernate.SessionFactory;
import org.jspecify.annotations.Nullable;

/**
 * What an engine has once it has started.
 *
 * @param connections give the factory its connections
 * @param tables what the entities are mapped to
 * @param hosts makes what replaces a data source
 * @param database what the first host had behind it
 * @param description kind, database and entities in one line, for the observers
 */
record RunningEngine(
    SessionFactory sessionFactory,
    EngineConnections connections,
    MappedTables tables,
    HostMaker hosts,
    Database database,
    String description) {

  /** Whether anybody wants to know for which unit of work a connection is acquired. */
  boolean asksForWhom() {
    return hosts.asksForWhom();
  }

  /** Closes the factory, then the pools that are ours; one failure does not stop the others. */
  void close() {
    RuntimeException failure = attempt(sessionFactory::close, null);
    for (EngineHost host : connections.hosts()) {
      failure = attempt(host::end, failure);
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static @Nullable RuntimeException attempt(
      Runnable step, @Nullable RuntimeException earlier) {
    try {
      step.run();
      return earlier;
    } catch (RuntimeException e) {
      if (earlier == null) {
        return e;
      }
      earlier.addSuppressed(e);
      return earlier;
    }
  }
}
