package io.sqlassist.engine;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers physical connections as long as they live. Pools hand out a new proxy each time, and
 * observers wrap that, so they are told by what they unwrap to.
 */
final class PhysicalConnections {

  private static final int DEEPEST = 10;

  private final Set<Identity> known = ConcurrentHashMap.newKeySet();
  private final ReferenceQueue<Connection> gone = new ReferenceQueue<>();

  /** Weak, and equal by identity: a driver's connection may have an equality of its own. */
  private static final class Identity extends WeakReference<Connection> {

    private final int hash;

    Identity(Connection connection, @Nullable ReferenceQueue<Connection> queue) {
      super(connection, queue);
      hash = System.identityHashCode(connection);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      if (this == other) {
        return true;
      }
      Connection mine = get();
      return mine != null && other instanceof Identity that && that.get() == mine;
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  /** The connection below all proxies; the given one where they can't be unwrapped. */
  static Connection of(Connection connection) {
    try {
      Connection inner = unwrapped(connection);
      // Some wrap also what they unwrap to; the meta data are the pool's or the driver's own.
      return Proxy.isProxyClass(inner.getClass())
          ? unwrapped(inner.getMetaData().getConnection())
          : inner;
    } catch (SQLException e) {
      return connection; // it is no wrapper, and says so in this way; or it is broken
    }
  }

  private static Connection unwrapped(Connection connection) throws SQLException {
    Connection inner = connection;
    for (int depth = 0; depth < DEEPEST; depth++) {
      Connection next = inner.unwrap(Connection.class);
      if (next == null || next == inner) {
        break;
      }
      inner = next;
    }
    return inner;
  }

  boolean contains(Connection physical) {
    return known.contains(new Identity(physical, null));
  }

  void add(Connection physical) {
    for (Reference<?> each = gone.poll(); each != null; each = gone.poll()) {
      known.remove(each);
    }
    known.add(new Identity(physical, gone));
  }

  /** How many are remembered, with those that have gone since the last one was added. */
  int size() {
    return known.size();
  }
}
