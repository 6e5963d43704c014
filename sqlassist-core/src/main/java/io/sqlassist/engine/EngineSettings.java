package io.sqlassist.engine;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Engines as text: from properties, from the environment, from any map.
 *
 * <pre>{@code
 * sqlassist.defaults.hibernate.jdbc.batch_size=50
 * sqlassist.engines.writer.url=jdbc:postgresql://db/shop
 * sqlassist.engines.writer.username=shop
 * sqlassist.engines.writer.password-file=/run/secrets/shop
 * sqlassist.engines.writer.pool.maximumPoolSize=20
 * sqlassist.engines.reader.url=jdbc:postgresql://replica/shop
 * sqlassist.engines.reader.read-only=true
 * }</pre>
 *
 * <p>What is added later goes before what was there, key by key; an engine's own key goes before
 * that of {@code sqlassist.defaults}, wherever the two stand. Keys that do not begin with {@code
 * sqlassist.} are other people's. Nothing is judged before {@link EngineRegistry#initializeEngines}
 * or {@link #engine}: then everything that is wrong is told at once.
 *
 * <p>Immutable; may be shared between threads. Never shows a value: not in {@code toString()}, and
 * in errors none that is a secret.
 */
public final class EngineSettings {

  private final List<SettingsSource> sources;

  private EngineSettings(List<SettingsSource> sources) {
    this.sources = sources;
  }

  /**
   * Settings from properties, for example {@code System.getProperties()} or what was read from a
   * file.
   *
   * @param properties {@code Properties} or another map of texts; copied
   * @return the settings
   */
  public static EngineSettings of(Map<?, ?> properties) {
    return new EngineSettings(List.of()).with(properties);
  }

  /**
   * Settings from a file of properties.
   *
   * @param file its path; UTF-8
   * @return the settings
   * @throws UncheckedIOException if it can't be read
   * @throws IllegalArgumentException if it is no file of properties
   */
  public static EngineSettings load(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException e) {
      throw new UncheckedIOException("The settings in " + file + " can't be read: " + e, e);
    }
    return of(properties);
  }

  /**
   * Adds properties, which go before what is there.
   *
   * @param properties {@code Properties} or another map of texts; copied
   * @return settings with both
   */
  public EngineSettings with(Map<?, ?> properties) {
    return and(SettingsSource.ofProperties(properties));
  }

  /**
   * Adds the environment variables of this process, which go before what is there: {@code
   * SQLASSIST_ENGINES_WRITER_URL} is {@code sqlassist.engines.writer.url}.
   *
   * @return settings with both
   */
  public EngineSettings withEnvironment() {
    return withEnvironment(System.getenv());
  }

  /**
   * Adds environment variables, which go before what is there. A name is made of a key so: {@code
   * SQLASSIST_ENGINES_}, the engine, {@code _}, the setting, all in capital letters. In the setting
   * a dot, a dash and a capital letter begin a new word, with one underscore before it: {@code
   * pool.maximumPoolSize} is {@code POOL_MAXIMUM_POOL_SIZE}. In the name of an engine two
   * underscores stand for whatever is no letter and no digit, a dash for example: {@code
   * SQLASSIST_ENGINES_WRITER__ACME_URL} is the {@code url} of {@code writer-acme}.
   *
   * @param variables names and values; copied
   * @return settings with both
   */
  public EngineSettings withEnvironment(Map<String, String> variables) {
    return and(SettingsSource.ofEnvironment(variables));
  }

  private EngineSettings and(SettingsSource source) {
    List<SettingsSource> more = new ArrayList<>(sources);
    more.add(source);
    return new EngineSettings(List.copyOf(more));
  }

  /**
   * The names of the engines that have a setting of their own.
   *
   * @return the names, sorted
   */
  public List<String> names() {
    return List.copyOf(ResolvedSettings.of(sources).engines().keySet());
  }

  /**
   * The settings of one engine, for code that starts it: on a data source of its own, or with a JTA
   * coordinator. Such an engine has {@code data-source=application}.
   *
   * @param name its name
   * @return sets them; for {@code initializeEngine}
   * @throws EngineSettingsException if anything is wrong with these settings, also elsewhere
   * @throws UnknownEngineException if there is no such engine in them
   */
  public Consumer<EngineConfig> engine(String name) {
    ResolvedSettings resolved = ResolvedSettings.of(sources);
    Set<String> problems = new LinkedHashSet<>(resolved.problems());
    SettingsCheck.each(resolved, problems);
    if (!problems.isEmpty()) {
      throw new EngineSettingsException(List.copyOf(problems));
    }
    EngineSection section = resolved.engines().get(name);
    if (section == null) {
      throw new UnknownEngineException(name, resolved.engines().keySet());
    }
    return section::applyTo;
  }

  ResolvedSettings resolve() {
    return ResolvedSettings.of(sources);
  }

  /** The names of the engines. */
  @Override
  public String toString() {
    return "EngineSettings" + names();
  }
}
