package io.sqlassist.session;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/**
 * Which unit of work an open session belongs to. A map of our own, since the properties of a
 * session keep serializable values only; an entry lives as long as its session is open.
 */
final class SessionOwners {

  private static final Map<Session, DbSessionsContainer> OWNERS = new ConcurrentHashMap<>();

  private SessionOwners() {}

  static void put(Session session, DbSessionsContainer owner) {
    OWNERS.put(session, owner);
  }

  static void remove(Session session) {
    OWNERS.remove(session);
  }

  /** The units of work that have a session open; some more than once. */
  static Collection<DbSessionsContainer> all() {
    return OWNERS.values();
  }

  static @Nullable DbSessionsContainer ownerOf(Session session) {
    return OWNERS.get(session);
  }
}
