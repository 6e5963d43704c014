package io.sqlassist.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.SessionFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.PreInsertEvent;
import org.hibernate.event.spi.PreInsertEventListener;
import org.hibernate.event.spi.PreUpdateEvent;
import org.hibernate.event.spi.PreUpdateEventListener;

/**
 * Refuses what is about to be written to a shard and belongs to another one. One for each factory,
 * which takes no two listeners of a class, with the set of each entity: the latest, so that sets
 * that are made again and again neither add up nor slow the flush down.
 */
final class ShardGuard implements PreInsertEventListener, PreUpdateEventListener {

  private static final long serialVersionUID = 1L;

  private final String shard;
  private final transient Map<Class<?>, Shards> sets = new ConcurrentHashMap<>();

  private ShardGuard(String shard) {
    this.shard = shard;
  }

  /** Lets the factory of an engine refuse what the set has on another one. */
  static void add(SessionFactory factory, String shard, Shards set) {
    EventListenerRegistry listeners =
        factory.unwrap(SessionFactoryImplementor.class).getEventEngine().getListenerRegistry();
    synchronized (ShardGuard.class) {
      List<ShardGuard> present = new ArrayList<>();
      listeners
          .getEventListenerGroup(EventType.PRE_INSERT)
          .fireEventOnEachListener(
              present,
              (PreInsertEventListener each, List<ShardGuard> guards) -> {
                if (each instanceof ShardGuard guard) {
                  guards.add(guard);
                }
              });
      if (!present.isEmpty()) {
        present.get(0).add(set);
        return;
      }
      ShardGuard guard = new ShardGuard(shard);
      guard.add(set);
      listeners.appendListeners(EventType.PRE_INSERT, guard);
      listeners.appendListeners(EventType.PRE_UPDATE, guard);
    }
  }

  private void add(Shards set) {
    for (Class<?> entity : set.entities()) {
      sets.merge(entity, set, (one, other) -> other.isLaterThan(one) ? other : one);
    }
  }

  @Override
  public boolean onPreInsert(PreInsertEvent event) {
    check(event.getEntity());
    return false;
  }

  @Override
  public boolean onPreUpdate(PreUpdateEvent event) {
    check(event.getEntity());
    return false;
  }

  private void check(Object entity) {
    for (Class<?> each = entity.getClass(); each != null; each = each.getSuperclass()) {
      Shards set = sets.get(each);
      if (set != null) {
        String chosen = set.shardFor(entity);
        if (chosen != null && !chosen.equals(shard)) {
          throw new WrongShardException(entity.getClass(), shard, chosen);
        }
        return;
      }
    }
  }
}
