package io.sqlassist.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.sqlassist.engine.TenantResolver;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * What a {@link TenantResolver} promises: to tell each unit's own tenant, on whichever thread, and
 * nothing where nothing is known. A subclass in your tests says which resolver, and what the units
 * of some tenants belong to.
 *
 * <p>Used by one thread; the resolver is used by several.
 */
public abstract class TenantResolverContract {

  /** For subclasses. */
  protected TenantResolverContract() {}

  /**
   * The resolver that is looked at.
   *
   * @return a resolver
   */
  protected abstract TenantResolver resolver();

  /**
   * Some tenants.
   *
   * @return at least two names
   */
  protected abstract List<String> tenants();

  /**
   * What a unit of work of a tenant can be asked for.
   *
   * @param tenant one of {@link #tenants()}
   * @return answers by name, for example {@code "request"}
   */
  protected abstract Function<String, Optional<Object>> attributesOf(String tenant);

  @Test
  void eachUnitHasItsOwnTenant() {
    assertFalse(tenants().size() < 2, "tenants() should name at least two");
    TenantResolver resolver = resolver();
    for (int i = 0; i < 2; i++) {
      for (String tenant : tenants()) {
        assertEquals(tenant, resolver.tenantOf(attributesOf(tenant)));
      }
    }
  }

  @Test
  void whereNothingIsKnownThereIsNoTenantAndNoFailure() {
    assertNull(resolver().tenantOf(name -> Optional.empty()));
  }

  @Test
  void aTenantDoesNotStayOnTheThreadOfTheUnitBefore() {
    TenantResolver resolver = resolver();
    resolver.tenantOf(attributesOf(tenants().get(0)));

    assertNull(resolver.tenantOf(name -> Optional.empty()));
  }

  @Test
  void severalThreadsAskAtOnce() throws Exception {
    TenantResolver resolver = resolver();
    List<String> tenants = tenants();
    AtOnce.run(
        100,
        20,
        number -> {
          String tenant = tenants.get(number % tenants.size());
          assertEquals(tenant, resolver.tenantOf(attributesOf(tenant)));
        });
  }
}
