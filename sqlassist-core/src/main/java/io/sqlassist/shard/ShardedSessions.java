package io.sqlassist.shard;

import io.sqlassist.find.Finder;
import io.sqlassist.find.MergedFinder;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.EngineScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/**
 * A set of shards within one unit of work: one session for each shard that is used, which is the
 * unit's session of that engine. What is loaded from a shard stays with its session: so do lazy
 * loads, changes and removals. Everything commits with the unit: engines with transactions of their
 * own one after the other, those that share a policy as one.
 *
 * <p>Used by the thread that uses the unit of work; ends with it.
 */
public final class ShardedSessions {

  private final Shards shards;
  private final DbSessionsContainer unit;
  private final List<String> names;

  ShardedSessions(Shards shards, DbSessionsContainer unit, List<String> names) {
    this.shards = shards;
    this.unit = unit;
    this.names = names;
  }

  /**
   * Only these shards of the set: what follows neither asks nor writes to others.
   *
   * @param some the engines' names
   * @return the sessions of these shards
   * @throws UnknownShardException if one is not of this set
   */
  public ShardedSessions only(String... some) {
    for (String shard : some) {
      checkKnown(shard);
    }
    return new ShardedSessions(shards, unit, List.copyOf(Arrays.asList(some)));
  }

  private void checkKnown(String shard) {
    if (!names.contains(shard)) {
      throw new UnknownShardException("There is no shard '" + shard + "' here.", names);
    }
  }

  /**
   * The names of the shards.
   *
   * @return the engines' names, in the order in which they are asked
   */
  public List<String> names() {
    return names;
  }

  /**
   * The session of a shard.
   *
   * @param shard the engine's name
   * @return the unit's session of that engine
   * @throws UnknownShardException if it is not of this set
   */
  public Session session(String shard) {
    checkKnown(shard);
    EngineScope scope = unit.on(shard);
    Session session = scope.session();
    shards.guard(shard, session.getSessionFactory());
    return session;
  }

  /**
   * The session of the shard that has the rows of a key. The way to take where a key is known: one
   * database is asked, and everything that a session can do is possible.
   *
   * @param key what the rows are spread by
   * @return the session
   * @throws UnknownShardException if the chooser names a shard that is not of this set
   */
  public Session sessionForKey(Object key) {
    return session(shards.shardOfKey(key));
  }

  /**
   * The shard of an entity that this unit of work has loaded or persisted. The chooser is not
   * asked: it is where it is.
   *
   * @param entity an entity
   * @return the engine's name
   * @throws IllegalArgumentException if it is in none of the shards' sessions
   */
  public String shardOf(Object entity) {
    String shard = findShardOf(entity);
    if (shard == null) {
      throw new IllegalArgumentException(
          "This object is in no session of the shards "
              + String.join(", ", names)
              + ": it is new, detached, or of another unit of work. For a new one Shards.shardOfKey"
              + " tells where it would go.");
    }
    return shard;
  }

  private @Nullable String findShardOf(Object entity) {
    for (String shard : names) {
      if (unit.isOpen(shard) && session(shard).contains(entity)) {
        return shard;
      }
    }
    return null;
  }

  /**
   * The session that holds an entity.
   *
   * @param entity an entity
   * @return the session
   * @throws IllegalArgumentException as {@link #shardOf}
   */
  public Session sessionOf(Object entity) {
    return session(shardOf(entity));
  }

  /**
   * Makes a new entity persistent on the shard of its key. The shard is chosen once: an entity that
   * a shard's session holds already stays there.
   *
   * @param entity a new entity
   * @return the shard's name
   * @throws IllegalArgumentException if its rows are not spread over this set, or if it has no key
   * @throws UnknownShardException if the chooser names a shard that is not of this set
   */
  public String persist(Object entity) {
    String shard = findShardOf(entity);
    if (shard == null) {
      shard = shards.shardFor(entity);
    }
    if (shard == null) {
      throw shards.notSpread(entity);
    }
    session(shard).persist(entity);
    return shard;
  }

  /**
   * Removes an entity from the shard where it is.
   *
   * @param entity an entity that this unit of work has loaded or persisted
   * @throws IllegalArgumentException as {@link #shardOf}
   */
  public void remove(Object entity) {
    sessionOf(entity).remove(entity);
  }

  /**
   * Finds an entity by the key of its table: asks the shards in the {@linkplain
   * ShardsConfig#searchOrder search order}, one after the other, until one has it. A key that is in
   * two shards stands for two entities, of which the first is found.
   *
   * @param entity the entity's class
   * @param id the key of the table
   * @param <E> the entity
   * @return the entity, or empty
   * @throws UnknownShardException if the search order names a shard that is not of this set
   */
  public <E> Optional<E> byId(Class<E> entity, Object id) {
    for (String shard : shards.searchedFor(entity, id)) {
      if (names.contains(shard)) {
        Optional<E> found = Finder.of(session(shard), entity).byId(id);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Asks all shards, and merges the answers in one order, with one limit.
   *
   * @param entity the entity's class
   * @param <E> the entity
   * @return a finder over all shards
   */
  public <E> MergedFinder<E> find(Class<E> entity) {
    List<Session> sessions = new ArrayList<>();
    for (String shard : names) {
      sessions.add(session(shard));
    }
    return MergedFinder.of(sessions, entity);
  }

  /**
   * Does something on each shard, one after the other: queries whose results only the caller can
   * merge, such as sums and groups, or a bulk update.
   *
   * @param work gets each shard's session
   * @param <R> what it returns
   * @return shard to result, in the order of the set
   */
  public <R> Map<String, R> onEach(Function<? super Session, ? extends R> work) {
    Map<String, R> results = new LinkedHashMap<>();
    for (String shard : names) {
      results.put(shard, work.apply(session(shard)));
    }
    return results;
  }

  @Override
  public String toString() {
    return "ShardedSessions" + names + " of " + unit;
  }
}
