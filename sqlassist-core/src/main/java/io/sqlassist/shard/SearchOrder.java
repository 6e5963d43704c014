package io.sqlassist.shard;

import java.util.List;

/**
 * Tells in which shards to look for an entity whose key of the table is known, and no more.
 *
 * <p>Must be thread-safe.
 */
@FunctionalInterface
public interface SearchOrder {

  /**
   * The shards to ask, the likeliest first.
   *
   * @param entity the entity's class
   * @param id the key of the table
   * @return names of engines of the set
   */
  List<String> shardsFor(Class<?> entity, Object id);
}
