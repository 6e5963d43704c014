package io.sqlassist.session;

import java.io.Serial;
import java.util.Collection;

/**
 * A unit of work that is for no tenant was asked for an engine that each tenant has its own. The
 * message lists the tenants that have one, so don't show it to a client.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class NoTenantException extends IllegalStateException {

  @Serial private static final long serialVersionUID = 1L;

  NoTenantException(String unit, String engine, Collection<String> tenants) {
    super(
        "The unit of work '"
            + unit
            + "' is for no tenant, and each tenant has an engine '"
            + engine
            + "' of its own: "
            + String.join(", ", tenants)
            + ". Name the tenant with db.tenant(\"...\"), or let the plugin's setting 'tenant' or a"
            + " TenantResolver of the registry tell it.");
  }
}
