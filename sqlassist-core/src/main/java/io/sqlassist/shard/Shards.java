package io.sqlassist.shard;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineDownException;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.DbSessionsContainer;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.hibernate.Hibernate;
import org.hibernate.SessionFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;

/**
 * A set of engines over which the rows of some entities are spread by a key. Each engine is a
 * shard, and a database of its own: it has its own transaction, and commits as its policy says.
 *
 * <p>Thread-safe. Lives as long as the application.
 */
public final class Shards {

  private static final AtomicLong MADE = new AtomicLong();

  private final long number = MADE.incrementAndGet();
  private final List<String> names;
  private final ShardChooser chooser;
  private final SearchOrder searchOrder;
  private final Map<Class<?>, Function<Object, ?>> keys;
  private final Set<SessionFactory> guarded =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private Shards(ShardsConfig config, ShardChooser chooser) {
    this.names = config.engines();
    this.chooser = chooser;
    SearchOrder order = config.searchOrder();
    this.searchOrder = order == null ? (entity, id) -> names : order;
    this.keys = Map.copyOf(config.keys());
  }

  /**
   * Makes a set of engines that are initialised already. From now on they refuse rows of the set's
   * entities that belong to another shard, whoever writes them with a session. An optional engine
   * that is down takes part as soon as the set first asks for its session. Where an entity is
   * spread over an engine by two sets, the one that was made later decides.
   *
   * @param registry where the engines are
   * @param config receives the set's settings
   * @return the set
   * @throws IllegalArgumentException if engines, chooser or entities are missing, or if an engine
   *     is named twice or does not map an entity
   * @throws io.sqlassist.engine.UnknownEngineException if there is no such engine
   */
  public static Shards of(EngineRegistry registry, Consumer<? super ShardsConfig> config) {
    ShardsConfig settings = new ShardsConfig();
    config.accept(settings);
    ShardChooser chooser = settings.chooser();
    if (chooser == null) {
      throw new IllegalArgumentException(
          "A set of shards needs a chooser(...), which tells the shard of a key.");
    }
    if (settings.engines().isEmpty()
        || new HashSet<>(settings.engines()).size() != settings.engines().size()) {
      throw new IllegalArgumentException(
          "A set of shards needs engines(...), each named once, but was given "
              + settings.engines()
              + ".");
    }
    if (settings.keys().isEmpty()) {
      throw new IllegalArgumentException(
          "A set of shards needs entity(...), which tells what the rows of an entity are spread"
              + " by.");
    }
    Shards shards = new Shards(settings, chooser);
    Map<String, SessionFactory> running = new LinkedHashMap<>();
    for (String shard : shards.names) {
      Engine engine = registry.engine(shard);
      try {
        running.put(shard, engine.sessionFactory());
      } catch (EngineDownException e) {
        // An optional one. It is guarded when the set first asks for its session.
      }
    }
    running.forEach(shards::check);
    running.forEach(shards::guard);
    return shards;
  }

  private void check(String shard, SessionFactory factory) {
    for (Class<?> entity : keys.keySet()) {
      if (!factory
          .unwrap(SessionFactoryImplementor.class)
          .getMappingMetamodel()
          .isEntityClass(entity)) {
        throw new IllegalArgumentException(
            "Engine '"
                + shard
                + "' does not map "
                + entity.getName()
                + ", whose rows are to be spread over it. Add the class to its entities(...).");
      }
    }
  }

  /** An engine that was replaced has a new factory, and one that was down its first. */
  void guard(String shard, SessionFactory factory) {
    if (!guarded.contains(factory)) {
      check(shard, factory);
      ShardGuard.add(factory, shard, this);
      guarded.add(factory);
    }
  }

  /** The entities whose rows are spread. */
  Set<Class<?>> entities() {
    return keys.keySet();
  }

  /** Whether this set was made after the other. */
  boolean isLaterThan(Shards other) {
    return number > other.number;
  }

  /**
   * The set in a unit of work. Opens nothing; costs one small object.
   *
   * @param unit the unit of work, of the same registry
   * @return its sessions
   */
  public ShardedSessions in(DbSessionsContainer unit) {
    return new ShardedSessions(this, unit, names);
  }

  /**
   * The names of the shards.
   *
   * @return the engines' names, in the order of the set
   */
  public List<String> names() {
    return names;
  }

  /**
   * The shard of a key.
   *
   * @param key the key
   * @return the engine's name
   * @throws UnknownShardException if the chooser names one that is not of this set
   */
  public String shardOfKey(Object key) {
    String shard = chooser.shardOf(Objects.requireNonNull(key, "key"));
    if (!names.contains(shard)) {
      throw new UnknownShardException(
          "The chooser chose '" + shard + "' for a key, which is no shard of this set.", names);
    }
    return shard;
  }

  List<String> searchedFor(Class<?> entity, Object id) {
    List<String> order = searchOrder.shardsFor(entity, id);
    for (String shard : order) {
      if (!names.contains(shard)) {
        throw new UnknownShardException(
            "The search order names '" + shard + "', which is no shard of this set.", names);
      }
    }
    return order;
  }

  /** The shard where an entity belongs; null if its rows are not spread. */
  @Nullable String shardFor(Object entity) {
    Class<?> type = Hibernate.getClassLazy(entity);
    for (Class<?> each = type; each != null; each = each.getSuperclass()) {
      Function<Object, ?> key = keys.get(each);
      if (key != null) {
        Object value = key.apply(Hibernate.unproxy(entity));
        if (value == null) {
          throw new IllegalArgumentException(
              type.getSimpleName()
                  + " has no key yet: the function given to entity("
                  + each.getSimpleName()
                  + ".class, ...) returned null, and without a key there is no shard.");
        }
        return shardOfKey(value);
      }
    }
    return null;
  }

  IllegalArgumentException notSpread(Object entity) {
    return new IllegalArgumentException(
        Hibernate.getClassLazy(entity).getName()
            + " is not spread over the shards "
            + String.join(", ", names)
            + ". Entities that are: "
            + keys.keySet().stream()
                .map(Class::getSimpleName)
                .sorted()
                .collect(Collectors.joining(", "))
            + ". Add it with entity(...), or use the session of one shard.");
  }

  @Override
  public String toString() {
    return "Shards" + names;
  }
}
