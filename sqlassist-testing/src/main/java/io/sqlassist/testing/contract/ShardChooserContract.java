package io.sqlassist.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sqlassist.shard.ShardChooser;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What a {@link ShardChooser} promises: the same shard for the same key, for as long as there are
 * rows, so also after a restart of the application and on another machine of it. A subclass in your
 * tests says which chooser, the names of the shards, and some keys.
 *
 * <p>Used by one thread; the chooser is used by several.
 */
public abstract class ShardChooserContract {

  /** For subclasses. */
  protected ShardChooserContract() {}

  /**
   * The chooser that is looked at, as it is made at the start of the application.
   *
   * @return a new one at each call
   */
  protected abstract ShardChooser chooser();

  /**
   * The names of the shards.
   *
   * @return the names
   */
  protected abstract Set<String> shards();

  /**
   * Keys that rows are spread by.
   *
   * @return some keys, as different as they come
   */
  protected abstract List<?> keys();

  /**
   * On which shard rows are already: keys and shards that must never change, as of an application
   * in production.
   *
   * @return shard by key; empty by default
   */
  protected Map<Object, String> known() {
    return Map.of();
  }

  private Map<Object, String> choose(ShardChooser chooser) {
    assertFalse(keys().isEmpty(), "keys() should give some");
    Map<Object, String> chosen = new LinkedHashMap<>();
    for (Object key : keys()) {
      chosen.put(key, chooser.shardOf(key));
    }
    return chosen;
  }

  @Test
  void eachKeyIsOnAShardThatExists() {
    choose(chooser())
        .forEach(
            (key, shard) ->
                assertTrue(
                    shards().contains(shard),
                    () -> key + " is on '" + shard + "', which is none of " + shards()));
  }

  @Test
  void theSameKeyIsAlwaysOnTheSameShard() {
    ShardChooser chooser = chooser();

    assertEquals(choose(chooser), choose(chooser));
  }

  @Test
  void aKeyIsOnTheSameShardAfterARestart() {
    assertEquals(choose(chooser()), choose(chooser()));
  }

  @Test
  void keysWhoseShardIsKnownStayThere() {
    ShardChooser chooser = chooser();
    known().forEach((key, shard) -> assertEquals(shard, chooser.shardOf(key), key::toString));
  }

  @Test
  void severalThreadsChooseAtOnce() throws Exception {
    ShardChooser chooser = chooser();
    Map<Object, String> expected = choose(chooser());
    AtOnce.run(50, 20, number -> assertEquals(expected, choose(chooser)));
  }
}
