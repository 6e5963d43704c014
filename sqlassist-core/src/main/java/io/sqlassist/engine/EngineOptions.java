package io.sqlassist.engine;

import io.sqlassist.transaction.TransactionPolicy;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
 * @param role under which name a unit of work asks for it: its own, or one that the engines of
 *     several tenants share
 * @param tenant the only tenant it is for, or null
 * @param owned the types whose entities live on this engine before all others
 * @param optional whether the application starts without it, see {@link EngineConfig#optional()}
 */
public record EngineOptions(
    String name,
    EngineKind kind,
    boolean isDefault,
    List<Class<?>> entities,
    Map<String, Object> properties,
    TransactionPolicy policy,
    PoolOptions pool,
    String role,
    @Nullable String tenant,
    List<Class<?>> owned,
    boolean optional) {

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
   * @param role under which name a unit of work asks for it
   * @param tenant the only tenant it is for, or null
   * @param owned the types whose entities live on this engine before all others
   * @param optional whether the application starts without it
   */
  public EngineOptions {
    owned = List.copyOf(owned);
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
        + (optional ? ", optional" : "")
        + (tenant == null ? "" : ", role=" + role + ", tenant=" + tenant)
        + "]";
  }
}
