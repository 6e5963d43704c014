package io.sqlassist.shard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a set of shards.
 *
 * <p>Used by one thread, inside of the lambda that it is given to.
 */
public final class ShardsConfig {

  private final List<String> engines = new ArrayList<>();
  private final Map<Class<?>, Function<Object, ?>> keys = new LinkedHashMap<>();
  private @Nullable ShardChooser chooser;
  private @Nullable SearchOrder searchOrder;

  ShardsConfig() {}

  /**
   * The engines of the set: each is a shard. Required.
   *
   * @param names the engines' names; in this order they are asked, and equal rows come
   * @return this
   */
  public ShardsConfig engines(String... names) {
    engines.addAll(List.of(names));
    return this;
  }

  /**
   * Tells which shard has the rows of a key. Required.
   *
   * @param byKey the chooser
   * @return this
   */
  public ShardsConfig chooser(ShardChooser byKey) {
    chooser = byKey;
    return this;
  }

  /**
   * An entity whose rows are spread, and what they are spread by. Holds for its subclasses, too. At
   * least one is required.
   *
   * @param entity the entity's class
   * @param key takes the key from an entity; reads its own attributes only, since it is called
   *     while the session flushes
   * @param <E> the entity
   * @return this
   */
  @SuppressWarnings("unchecked")
  public <E> ShardsConfig entity(Class<E> entity, Function<? super E, ?> key) {
    keys.put(entity, (Function<Object, ?>) key);
    return this;
  }

  /**
   * Where to look for an entity by the key of its table. Default: in all shards, in the order of
   * {@link #engines}.
   *
   * @param order the order
   * @return this
   */
  public ShardsConfig searchOrder(SearchOrder order) {
    searchOrder = order;
    return this;
  }

  List<String> engines() {
    return List.copyOf(engines);
  }

  Map<Class<?>, Function<Object, ?>> keys() {
    return keys;
  }

  @Nullable ShardChooser chooser() {
    return chooser;
  }

  @Nullable SearchOrder searchOrder() {
    return searchOrder;
  }
}
