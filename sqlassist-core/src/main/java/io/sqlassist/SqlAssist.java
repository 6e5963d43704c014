package io.sqlassist;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineConfig;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.EngineSettings;
import io.sqlassist.engine.Verification;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitConsumer;
import io.sqlassist.session.UnitFunction;
import io.sqlassist.session.Units;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The short way in: the static face of one shared {@link EngineRegistry}.
 *
 * <pre>{@code
 * SqlAssist.initializeEngine("writer", dataSource); // at startup
 * SqlAssist.useUnit(db -> db.writer().persist(book)); // anywhere
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class SqlAssist {

  private static volatile EngineRegistry registry = EngineRegistry.create();

  private SqlAssist() {}

  /**
   * The shared registry. {@link #shutdown()} replaces it, so don't keep it.
   *
   * @return the registry
   */
  public static EngineRegistry registry() {
    return registry;
  }

  /**
   * Settings that every engine initialised later begins with.
   *
   * @param config receives each engine's configuration before the engine's own lambda does
   * @see EngineRegistry#defaults
   */
  public static void defaults(Consumer<? super EngineConfig> config) {
    registry.defaults(config);
  }

  /**
   * Starts an engine on a data source, with the default settings. Its entities are those of the
   * defaults, else the {@code @Entity} classes in and below the caller's package.
   *
   * @param name a name that is free; {@code reader}, {@code writer} and {@code logger} have methods
   *     of their own in {@link DbSessionsContainer}
   * @param dataSource a pool; stays the application's and is never closed here
   * @return the engine, ready for use
   * @throws io.sqlassist.engine.DuplicateEngineException if the name is taken
   * @throws IllegalArgumentException if the name or a setting is unusable
   * @throws io.sqlassist.engine.EngineStartException if the engine does not start
   */
  public static Engine initializeEngine(String name, DataSource dataSource) {
    return registry.initializeEngine(name, dataSource);
  }

  /**
   * Starts an engine on a data source.
   *
   * @param name a name that is free
   * @param dataSource a pool; stays the application's and is never closed here
   * @param config receives the engine's configuration
   * @return the engine, ready for use
   * @throws io.sqlassist.engine.DuplicateEngineException if the name is taken
   * @throws IllegalArgumentException if the name or a setting is unusable
   * @throws io.sqlassist.engine.EngineStartException if the engine does not start
   */
  public static Engine initializeEngine(
      String name, DataSource dataSource, Consumer<? super EngineConfig> config) {
    return registry.initializeEngine(name, dataSource, config);
  }

  /**
   * Starts an engine on a pool that SqlAssist makes from {@link EngineConfig#url(String)}, and
   * closes with the engine.
   *
   * @param name a name that is free
   * @param config receives the engine's configuration and must set a url
   * @return the engine, ready for use
   * @throws io.sqlassist.engine.DuplicateEngineException if the name is taken
   * @throws IllegalArgumentException if the name or a setting is unusable
   * @throws io.sqlassist.engine.EngineStartException if the engine does not start
   */
  public static Engine initializeEngine(String name, Consumer<? super EngineConfig> config) {
    return registry.initializeEngine(name, config);
  }

  /**
   * Starts engines that are described by text: all of them, in the order of their names, or none.
   *
   * @param settings where the engines are, and what else is to be said of them
   * @return the engines, ready for use
   * @throws io.sqlassist.engine.EngineSettingsException if anything is wrong with the settings; the
   *     message tells all of it, and nothing was started
   * @throws io.sqlassist.engine.EngineStartException if one of the engines does not start; those
   *     that were started before it are closed and removed again
   */
  public static List<Engine> initializeEngines(EngineSettings settings) {
    return registry.initializeEngines(settings);
  }

  /**
   * As {@link #initializeEngines(EngineSettings)}, for what can't be said in text.
   *
   * @param settings where the engines are, and what else is to be said of them
   * @param config receives the configuration of each of the engines, after its settings; {@link
   *     EngineConfig#name()} tells which one it is
   * @return the engines, ready for use
   * @throws io.sqlassist.engine.EngineSettingsException if anything is wrong with the settings; the
   *     message tells all of it, and nothing was started
   * @throws io.sqlassist.engine.EngineStartException if one of the engines does not start; those
   *     that were started before it are closed and removed again
   */
  public static List<Engine> initializeEngines(
      EngineSettings settings, Consumer<? super EngineConfig> config) {
    return registry.initializeEngines(settings, config);
  }

  /**
   * The engine of that name.
   *
   * @param name its name
   * @return the engine
   * @throws io.sqlassist.engine.UnknownEngineException if there is none; the message lists the
   *     known names
   */
  public static Engine engine(String name) {
    return registry.engine(name);
  }

  /**
   * The default engine: the one that was made it, else the only one.
   *
   * @return the engine
   * @throws IllegalStateException if there is no default
   */
  public static Engine defaultEngine() {
    return registry.defaultEngine();
  }

  /**
   * Runs work in a new unit of work: commits when it returns, rolls back when it throws, closes in
   * any case.
   *
   * @param work the work
   * @param <T> what it returns
   * @param <X> what it may throw
   * @return what the work returned
   * @throws X what the work threw
   * @throws RuntimeException as {@link DbSessionsContainer#commit()}, if the commit fails
   */
  public static <T extends @Nullable Object, X extends Exception> T inUnit(
      UnitFunction<? extends T, X> work) throws X {
    return Units.<T, X>inUnit(registry, work);
  }

  /**
   * As {@link #inUnit}, for work that returns nothing.
   *
   * @param work the work
   * @param <X> what it may throw
   * @throws X what the work threw
   * @throws RuntimeException as {@link DbSessionsContainer#commit()}, if the commit fails
   */
  public static <X extends Exception> void useUnit(UnitConsumer<X> work) throws X {
    Units.useUnit(registry, work);
  }

  /**
   * Runs work in the current unit of work of this thread, if there is one; else in a new one. A
   * unit that is joined stays its owner's: the end of the work does not commit, roll back or close
   * it.
   *
   * @param work the work
   * @param <T> what it returns
   * @param <X> what it may throw
   * @return what the work returned
   * @throws X what the work threw
   */
  public static <T extends @Nullable Object, X extends Exception> T joinUnit(
      UnitFunction<? extends T, X> work) throws X {
    return Units.<T, X>joinUnit(registry, work);
  }

  /**
   * Opens a unit of work that the caller ends; closing it without a commit rolls back.
   *
   * @return the unit's sessions, to be closed by the caller
   */
  public static DbSessionsContainer openUnit() {
    return Units.openUnit(registry);
  }

  /**
   * The current unit of work of this thread.
   *
   * @return its sessions
   * @throws io.sqlassist.session.NoCurrentUnitException if there is none
   */
  public static DbSessionsContainer current() {
    return Units.current();
  }

  /**
   * Asks every engine, and every database, whether they fit together: roles, rights, limits,
   * clocks. Takes 10 seconds at most. What is found is also told to the observers, and so logged,
   * notes excepted.
   *
   * @return what was found; a database that is down is a finding, not an exception
   * @see EngineRegistry#verify(Consumer)
   */
  public static Verification verify() {
    return registry.verify();
  }

  /**
   * Drops the pooled connections of an engine, and keeps everything else: see {@link
   * Engine#reinit()}.
   *
   * @param name its name
   * @throws io.sqlassist.engine.UnknownEngineException if there is none; the message lists the
   *     known names
   * @throws UnsupportedOperationException if its pool does not know how
   */
  public static void reinitEngine(String name) {
    registry.reinitEngine(name);
  }

  /**
   * As {@link #reinitEngine(String)}, for all engines. What one of them throws does not stop the
   * others.
   *
   * @throws RuntimeException the first failure, with the others suppressed in it
   */
  public static void reinitEngines() {
    registry.reinitEngines();
  }

  /**
   * Closes all engines, with the pools that SqlAssist made; never a data source that was handed in.
   * Afterwards new engines can be initialised, without the defaults of before.
   */
  public static void shutdown() {
    fresh().close();
  }

  /**
   * As {@link #shutdown()}, but lets units of work that are under way finish before.
   *
   * @param drain how long to wait for them at most; those that still hold a connection then are cut
   *     off and rolled back
   */
  public static void shutdown(Duration drain) {
    EngineRegistry closing = registry;
    try {
      closing.close(drain); // first: what is under way asks for the shared registry still
    } finally {
      synchronized (SqlAssist.class) {
        if (registry == closing) {
          registry = EngineRegistry.create();
        }
      }
    }
  }

  /** Puts a new registry into the place of the shared one, which is returned. */
  private static EngineRegistry fresh() {
    synchronized (SqlAssist.class) {
      EngineRegistry former = registry;
      registry = EngineRegistry.create();
      return former;
    }
  }
}
