package io.sqlassist.engine;

import java.io.Serial;
import java.util.Collection;

/**
 * A tenant has no engine of the name that was asked for. The message lists the tenants that have
 * one, so don't show it to a client.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class UnknownTenantException extends IllegalArgumentException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param engine the name that was asked for
   * @param tenant the tenant
   * @param known the tenants that have such an engine
   */
  public UnknownTenantException(String engine, String tenant, Collection<String> known) {
    super(
        "Tenant '"
            + tenant
            + "' has no engine '"
            + engine
            + "'. Tenants that have one: "
            + String.join(", ", known)
            + ". Initialise one with forTenant(\""
            + tenant
            + "\", \""
            + engine
            + "\").");
  }
}
