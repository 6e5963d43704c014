package io.sqlassist.shard;

/**
 * Tells which shard has the rows of a key.
 *
 * <p>Must be thread-safe, and give the same answer for the same key for as long as there are rows:
 * a key that moves to another shard takes no rows with it.
 */
@FunctionalInterface
public interface ShardChooser {

  /**
   * The shard of a key.
   *
   * @param key what the rows are spread by, as {@link ShardsConfig#entity} takes it from an entity
   * @return the name of one of the engines of the set
   */
  String shardOf(Object key);
}
