package io.sqlassist.trace;

import java.util.ArrayList;
import java.util.List;
import org.hibernate.SessionFactory;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.service.spi.EventListenerGroup;
import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.InitializeCollectionEvent;
import org.hibernate.event.spi.InitializeCollectionEventListener;
import org.hibernate.event.spi.LoadEvent;
import org.hibernate.event.spi.LoadEventListener;
import org.jspecify.annotations.Nullable;

/**
 * Knows why Hibernate sends a statement that nobody wrote.
 *
 * <p>Stands around Hibernate's own listeners, not before and after them: so nothing stays behind
 * when one throws.
 */
final class Causes {

  private record Level(Cause cause, @Nullable Level outer) {}

  @SuppressWarnings("ThreadLocalUsage") // one for each recorder, of which there are few
  private final ThreadLocal<@Nullable Level> innermost = new ThreadLocal<>();

  /** The innermost cause on this thread. */
  @Nullable Cause current() {
    Level level = innermost.get();
    return level == null ? null : level.cause();
  }

  void listenTo(SessionFactory sessionFactory) {
    EventListenerRegistry registry =
        sessionFactory
            .unwrap(SessionFactoryImplementor.class)
            .getEventEngine()
            .getListenerRegistry();
    surround(registry.getEventListenerGroup(EventType.INIT_COLLECTION), Collections::new);
    surround(registry.getEventListenerGroup(EventType.LOAD), Loads::new);
  }

  private interface Around<L> {
    L listeners(Causes causes, List<L> inner);
  }

  @SuppressWarnings("deprecation") // of a way to read the list that has no successor
  private <L> void surround(EventListenerGroup<L> group, Around<L> around) {
    List<L> inner = new ArrayList<>();
    group.listeners().forEach(inner::add);
    group.clearListeners();
    group.appendListener(around.listeners(this, List.copyOf(inner)));
  }

  private @Nullable Level enter(Cause cause) {
    Level outer = innermost.get();
    innermost.set(new Level(cause, outer));
    return outer;
  }

  private void leave(@Nullable Level outer) {
    if (outer == null) {
      innermost.remove();
    } else {
      innermost.set(outer);
    }
  }

  private static String withoutPackage(@Nullable String name, boolean attributeFollows) {
    if (name == null) {
      return "unknown";
    }
    int end = attributeFollows ? name.lastIndexOf('.') : name.length();
    int dot = name.lastIndexOf('.', end - 1);
    return name.substring(dot + 1);
  }

  private record Collections(Causes causes, List<InitializeCollectionEventListener> inner)
      implements InitializeCollectionEventListener {

    @Override
    public void onInitializeCollection(InitializeCollectionEvent event) {
      PersistentCollection<?> collection = event.getCollection();
      String role = collection == null ? null : collection.getRole();
      Level outer = causes.enter(new Cause(Cause.Kind.LAZY_COLLECTION, withoutPackage(role, true)));
      try {
        for (InitializeCollectionEventListener each : inner) {
          each.onInitializeCollection(event);
        }
      } finally {
        causes.leave(outer);
      }
    }
  }

  private record Loads(Causes causes, List<LoadEventListener> inner) implements LoadEventListener {

    @Override
    public void onLoad(LoadEvent event, LoadType loadType) {
      Level outer =
          causes.enter(
              new Cause(kind(loadType), withoutPackage(event.getEntityClassName(), false)));
      try {
        for (LoadEventListener each : inner) {
          each.onLoad(event, loadType);
        }
      } finally {
        causes.leave(outer);
      }
    }

    private static Cause.Kind kind(LoadType type) {
      if (type == IMMEDIATE_LOAD) {
        return Cause.Kind.LAZY_ENTITY;
      }
      if (type == INTERNAL_LOAD_EAGER) {
        return Cause.Kind.EAGER_ENTITY;
      }
      return type == GET || type == LOAD ? Cause.Kind.FIND : Cause.Kind.OTHER_LOAD;
    }
  }
}
