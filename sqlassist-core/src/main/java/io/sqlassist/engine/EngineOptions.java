package io.sqlassist.engine;

import io.sqlassist.transaction.TransactionPolicy;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The frozen answers of an {@link EngineConfig}: what an engine is.
 *
 * <p>Immutable; may be shared between threads. {@link #toString()} shows no property values, since
 * any of them may be a secret.
 *
 * @param name the engine's name
 * @param kind what its sessions are for
 * @param isDefault whether it was made the default engine
 * @param entities the mapped classes; empty for a plain engine, which runs native SQL only
 * @param properties Hibernate settings given by the application
 * @param policy how its sessions end
 * @param pool what was said of its connections
 */
public record EngineOptions(
    String name,
    EngineKind kind,
    boolean isDefault,
    List<Class<?>> entities,
    Map<String, Object> properties,
    TransactionPolicy policy,
    PoolOptions pool) {

  /**
   * Copies the collections.
   *
   * @param name the engine's name
   * @param kind what its sessions are for
   * @param isDefault whether it was made the default engine
   * @param entities the mapped classes
   * @param properties Hibernate settings given by the application
   * @param policy how its sessions end
   * @param pool what was said of its connections
   */
  public EngineOptions {
    entities = List.copyOf(entities);
    properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
  }

  @Override
  public String toString() {
    return "EngineOptions[name="
        + name
        + ", kind="
        + kind
        + ", isDefault="
        + isDefault
        + ", entities="
        + entities.stream().map(Class::getSimpleName).toList()
        + ", properties="
        + properties.keySet()
        + pool.description()
        + "]";
  }
}
