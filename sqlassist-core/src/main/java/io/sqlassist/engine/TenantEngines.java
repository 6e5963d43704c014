package io.sqlassist.engine;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The engines of which each tenant has its own: role to tenant to engine. Never changes. */
final class TenantEngines {

  static final TenantEngines NONE = new TenantEngines(Map.of());

  private final Map<String, Map<String, Engine>> byRole;

  private TenantEngines(Map<String, Map<String, Engine>> byRole) {
    this.byRole = byRole;
  }

  /**
   * Sorts engines by role and tenant.
   *
   * @throws IllegalArgumentException if two stand for the same, or if a name is both that of an
   *     engine and one that each tenant has an engine for
   */
  static TenantEngines of(Map<String, Engine> engines) {
    Map<String, Map<String, Engine>> byRole = new LinkedHashMap<>();
    for (Engine engine : engines.values()) {
      String tenant = engine.options().tenant();
      if (tenant != null) {
        Engine other =
            byRole
                .computeIfAbsent(engine.options().role(), role -> new LinkedHashMap<>())
                .putIfAbsent(tenant, engine);
        if (other != null) {
          throw new IllegalArgumentException(
              "Engine '"
                  + engine.name()
                  + "' can't be '"
                  + engine.options().role()
                  + "' for the tenant '"
                  + tenant
                  + "': engine '"
                  + other.name()
                  + "' is. Remove forTenant(...) from one of them.");
        }
      }
    }
    for (Map.Entry<String, Map<String, Engine>> role : byRole.entrySet()) {
      if (engines.containsKey(role.getKey())) {
        throw new IllegalArgumentException(
            "'"
                + role.getKey()
                + "' can't be the name of an engine and stand for one engine of each tenant at the"
                + " same time; for tenants it stands in "
                + namesOf(role.getValue().values())
                + ". Give one of them another name.");
      }
    }
    return byRole.isEmpty() ? NONE : new TenantEngines(byRole);
  }

  private static String namesOf(Collection<Engine> engines) {
    return engines.stream().map(Engine::name).toList().toString();
  }

  boolean isPerTenant(String role) {
    return byRole.containsKey(role);
  }

  @Nullable Engine find(String role, String tenant) {
    return byRole.getOrDefault(role, Map.of()).get(tenant);
  }

  Set<String> tenants(String role) {
    return byRole.getOrDefault(role, Map.of()).keySet();
  }
}
