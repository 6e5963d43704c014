package io.sqlassist.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.engine.DuplicateEngineException;
import io.sqlassist.engine.EngineConfig;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.TenantResolver;
import io.sqlassist.engine.UnknownEngineException;
import io.sqlassist.engine.UnknownTenantException;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitOrigin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Engines of tenants come and go, and contradictions are refused. */
class TenantRegistrationTest {

  private final TestEngines engines = TestEngines.none();
  private final EngineRegistry registry = engines.registry();
  private final List<DbSessionsContainer> units = new ArrayList<>();

  @BeforeEach
  void startEngines() {
    writer("acme");
    writer("globex");
    engine("ledger", config -> {});
  }

  @AfterEach
  void close() {
    units.forEach(DbSessionsContainer::close);
    engines.close();
  }

  private void writer(String tenant) {
    engine("writer-" + tenant, config -> config.forTenant(tenant, "writer"));
  }

  private void engine(String name, Consumer<? super EngineConfig> config) {
    engines.add(
        name,
        H2.dataSource(),
        EngineKind.READ_WRITE,
        settings -> {
          settings.entities();
          config.accept(settings);
        });
  }

  private DbSessionsContainer unitFor(String tenant) {
    return unit(
        new UnitOrigin() {
          @Override
          public String label() {
            return "test";
          }

          @Override
          public Optional<Object> attribute(String name) {
            return name.equals("tenant") ? Optional.of(tenant) : Optional.empty();
          }
        });
  }

  private DbSessionsContainer unit(UnitOrigin origin) {
    DbSessionsContainer db = new DbSessionsContainer(registry, origin);
    units.add(db);
    return db;
  }

  @Test
  void theResolverOfTheRegistryIsAskedWhereTheOriginDoesNotTell() {
    TenantResolver resolver = attributes -> "globex" + attributes.apply("suffix").orElse("");
    registry.tenants(resolver);

    assertThat(unit(UnitOrigin.NONE).on("writer").name()).isEqualTo("writer-globex");
    assertThat(unitFor("acme").on("writer").name()).isEqualTo("writer-acme");
    assertThat(registry.tenantResolver()).containsSame(resolver);
  }

  @Test
  void theFailureOfAResolverReachesWhoeverAskedForTheSession() {
    registry.tenants(
        attributes -> {
          throw new IllegalStateException("no login");
        });
    DbSessionsContainer db = unit(UnitOrigin.NONE);

    assertThatIllegalStateException().isThrownBy(db::writer).withMessage("no login");
  }

  @Test
  void aSecondResolverIsRefused() {
    registry.tenants(attributes -> "acme");

    assertThatIllegalStateException()
        .isThrownBy(() -> registry.tenants(attributes -> "globex"))
        .withMessageContaining("has a TenantResolver already");
    assertThat(unit(UnitOrigin.NONE).tenant()).contains("acme");
  }

  @Test
  void aTenantWithoutAReaderReadsFromItsWriter() {
    engine("writer-initech", config -> config.forTenant("initech", "writer"));
    DbSessionsContainer db = unitFor("initech");

    assertThat(db.any()).isSameAs(db.session("writer-initech"));
    assertThat(db.readYourWrites()).isSameAs(db.session("writer-initech"));
  }

  @Test
  void aTenantThatIsAddedWhileUnitsRunIsThereAtOnce() {
    DbSessionsContainer db = unitFor("initech");
    assertThatThrownBy(db::writer).isInstanceOf(UnknownTenantException.class);

    writer("initech");

    assertThat(db.writer()).isSameAs(db.session("writer-initech"));
    assertThat(registry.tenants("writer")).containsExactly("acme", "globex", "initech");
  }

  @Test
  void aTenantThatIsRemovedIsUnknown() {
    registry.remove("writer-globex");
    DbSessionsContainer db = unitFor("globex");

    assertThatThrownBy(db::writer).isInstanceOf(UnknownTenantException.class);
    assertThat(db.tenant("acme").on("writer").name()).isEqualTo("writer-acme");
  }

  @Test
  void whenNobodyHasSuchAnEngineAnyMoreItIsUnknown() {
    registry.remove("writer-acme");
    registry.remove("writer-globex");

    assertThat(registry.isPerTenant("writer")).isFalse();
    assertThatThrownBy(unitFor("acme")::writer).isInstanceOf(UnknownEngineException.class);
  }

  @Test
  void twoEnginesForTheSameOfOneTenantAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> engine("second", config -> config.forTenant("acme", "writer")))
        .withMessageContaining(
            "'second' can't be 'writer' for the tenant 'acme': engine 'writer-acme' is");
    assertThat(registry.names()).doesNotContain("second");
    assertThat(unitFor("acme").on("writer").name()).isEqualTo("writer-acme");
  }

  @Test
  void anEngineOfEverybodyCantHaveANameThatStandsForTenants() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> engine("writer", config -> {}))
        .withMessageContaining("[writer-acme, writer-globex]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> engine("ledger-acme", config -> config.forTenant("acme", "ledger")))
        .withMessageContaining("'ledger' can't be the name of an engine and stand for");
    assertThatThrownBy(() -> engine("writer-acme", config -> {}))
        .isInstanceOf(DuplicateEngineException.class);
    assertThat(registry.names()).containsExactly("writer-acme", "writer-globex", "ledger");
  }

  @Test
  void aTenantWithoutANameIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> engine("writer-x", config -> config.forTenant(" ", "writer")))
        .withMessageContaining("forTenant(tenant, role) needs two names");
  }
}
