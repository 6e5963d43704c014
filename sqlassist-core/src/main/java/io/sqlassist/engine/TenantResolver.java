package io.sqlassist.engine;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tells which tenant a unit of work is for, where the unit's origin does not say so itself.
 *
 * <p>Thread-safe: called by the threads of all units.
 *
 * @see EngineRegistry#tenants(TenantResolver)
 */
@FunctionalInterface
public interface TenantResolver {

  /**
   * The tenant of a unit of work. Called by the first use of an engine that each tenant has its
   * own; the answer then holds until the end of the unit. Not called again once there is one.
   *
   * @param attributes what the unit can be asked for by name; in a Javalin request {@code
   *     "request"} is the {@code Context}
   * @return the tenant, or null if it can't be told
   */
  @Nullable String tenantOf(Function<String, Optional<Object>> attributes);
}
