package io.sqlassist.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.jspecify.annotations.Nullable;

/**
 * Gives Hibernate an engine's connections, in the mode that the kind of engine wants, and gives
 * them back as they came.
 *
 * <p>Hibernate's own provider leaves the mode to Hibernate, which then acquires a connection
 * already when a transaction begins, and toggles read-only mode on it.
 *
 * <p>Where they come from may change. Hibernate does not say for which session it wants a
 * connection, and as long as there is one host nobody needs to know. While a former one is still in
 * use, whoever acquires is looked for among the sessions that are bound to one.
 */
final class EngineConnections implements ConnectionProvider {

  private static final long serialVersionUID = 1L;

  private final transient String engine;
  private transient volatile EngineHost current;

  /** Those that somebody may be using still. A host stands here before it ceases to be current. */
  private final transient List<EngineHost> former = new CopyOnWriteArrayList<>();

  private transient volatile HostUsers users = HostUsers.NONE;

  /** The sessions that belong to no unit of work. */
  private final transient Set<BoundSession> ownSessions =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  EngineConnections(String engine, EngineHost host) {
    this.engine = engine;
    this.current = host;
  }

  EngineHost current() {
    return current;
  }

  /** The host for who opens a session now, and remembers it. */
  EngineHost current(HostUsers by) {
    if (users != by) {
      users = by;
    }
    return current;
  }

  @Override
  public Connection getConnection() throws SQLException {
    EngineHost host = current; // first: one that is not current any more stands among the former
    if (!former.isEmpty()) {
      EngineHost bound = boundHere();
      if (bound != null) {
        return bound.getConnection();
      }
    }
    try {
      return host.getConnection();
    } catch (SQLException | RuntimeException e) {
      if (host.isEnded() && host != current && boundHere() == null) {
        return getConnection(); // of a session that is bound to none, and was overtaken
      }
      throw e;
    }
  }

  private @Nullable EngineHost boundHere() {
    Thread me = Thread.currentThread();
    synchronized (ownSessions) {
      for (BoundSession each : ownSessions) {
        if (each.acquires(me)) {
          return each.host();
        }
      }
    }
    EngineHost bound = users.boundHere(engine).orElse(null);
    boolean ours = bound == current || former.contains(bound); // and not another engine's
    return ours ? bound : null;
  }

  @Override
  public void closeConnection(Connection connection) {
    hostOf(connection).closeConnection(connection);
  }

  void isolate(Connection connection, int level) throws SQLException {
    hostOf(connection).isolate(connection, level);
  }

  private EngineHost hostOf(Connection connection) {
    EngineHost host = current; // first, as in getConnection()
    if (former.isEmpty()) {
      return host;
    }
    for (EngineHost each : former) {
      if (each.gate().isHeld(connection)) {
        return each;
      }
    }
    return host;
  }

  /** Binds a session that belongs to no unit of work to the current host, until it is closed. */
  void bind(SharedSessionContractImplementor session) {
    EngineHost host;
    BoundSession bound = new BoundSession(session, ownSessions::remove);
    session.getEventListenerManager().addListener(bound);
    ownSessions.add(bound);
    do {
      host = current;
      bound.host(host);
    } while (host != current); // or who has just replaced it might not have seen this session
  }

  /** Lets what begins from now on use another host. */
  void replace(EngineHost replacement) {
    former.add(current);
    current = replacement;
  }

  /** Whether there is, or may be again, work on a host. */
  boolean isUsed(EngineHost host) {
    if (host.hasConnectionsOut() || users.use(host)) {
      return true;
    }
    synchronized (ownSessions) {
      return ownSessions.stream().anyMatch(each -> each.host() == host);
    }
  }

  /** Whether a commit is on its way that must not lose its connection to a host. */
  boolean isCommitting(EngineHost host) {
    if (users.isCommitting(host)) {
      return true;
    }
    synchronized (ownSessions) {
      return ownSessions.stream().anyMatch(each -> each.host() == host && each.isCommitting());
    }
  }

  /** Ends what still uses a host that gives no connections any more. */
  void cutOff(EngineHost host, Supplier<? extends RuntimeException> reason, boolean byForce) {
    host.gate().callOff(host, reason);
    users.cutOff(host, reason, byForce);
    List<BoundSession> own;
    synchronized (ownSessions) {
      own = List.copyOf(ownSessions);
    }
    own.stream().filter(each -> each.host() == host).forEach(BoundSession::cutOff);
  }

  /** Nobody is bound to that host any more. */
  void forget(EngineHost host) {
    former.remove(host);
  }

  /** The current host, and those that are in use still. */
  List<EngineHost> hosts() {
    List<EngineHost> hosts = new ArrayList<>();
    hosts.add(current);
    for (EngineHost each : former) {
      if (!hosts.contains(each)) {
        hosts.add(each);
      }
    }
    return hosts;
  }

  void forEachHost(Consumer<EngineHost> action) {
    hosts().forEach(action);
  }

  @Override
  public boolean supportsAggressiveRelease() {
    return true;
  }

  /** Keeps Hibernate from toggling the mode that is set here. */
  @Override
  public boolean handlesConnectionReadOnly() {
    return true;
  }

  @Override
  public boolean isUnwrappableAs(Class<?> unwrapType) {
    return unwrapType.isInstance(this) || unwrapType.isInstance(current.instrumented());
  }

  @Override
  public <T> T unwrap(Class<T> unwrapType) {
    DataSource dataSource = current.instrumented();
    return unwrapType.isInstance(this) ? unwrapType.cast(this) : unwrapType.cast(dataSource);
  }
}
