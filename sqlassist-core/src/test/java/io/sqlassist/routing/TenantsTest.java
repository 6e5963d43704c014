package io.sqlassist.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.H2Databases;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.UnknownEngineException;
import io.sqlassist.engine.UnknownTenantException;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.EngineStatus;
import io.sqlassist.session.NoTenantException;
import io.sqlassist.session.TenantSessions;
import io.sqlassist.session.UnitOrigin;
import io.sqlassist.session.Units;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A reader and a writer for each tenant, a ledger and a logger for all. */
class TenantsTest {

  private static TestEngines engines;
  private static EngineRegistry registry;

  private final List<DbSessionsContainer> units = new ArrayList<>();

  /** What the origin of a unit answers, one after the other; the last one for ever. */
  private final Deque<Optional<Object>> answers = new ArrayDeque<>();

  private int asked;

  @BeforeAll
  static void startEngines() {
    engines = TestEngines.none();
    registry = engines.registry();
    startTenant("acme");
    startTenant("globex");
    engines.add("ledger", H2Databases.fresh(), EngineKind.READ_WRITE);
    engines.add("logger", H2Databases.fresh(), EngineKind.AUTOCOMMIT);
  }

  private static void startTenant(String tenant) {
    DatabaseHandle database = H2Databases.fresh();
    engines.add(
        "writer-" + tenant,
        database,
        EngineKind.READ_WRITE,
        4,
        config -> config.forTenant(tenant, "writer").owns(Novel.class));
    engines.add(
        "reader-" + tenant,
        database,
        EngineKind.READ_ONLY,
        4,
        config -> config.forTenant(tenant, "reader"));
  }

  @AfterAll
  static void closeEngines() {
    engines.close();
  }

  @BeforeEach
  void emptyTables() {
    engines.reset();
  }

  @AfterEach
  void everyConnectionIsBack() {
    units.forEach(DbSessionsContainer::close);
    engines.assertConnectionsAreBackAndClean();
  }

  /** A unit of work whose origin answers so when it is asked for the tenant. */
  private DbSessionsContainer unitOf(@Nullable String... tenants) {
    for (String tenant : tenants) {
      answers.add(Optional.ofNullable(tenant));
    }
    return unit(
        new UnitOrigin() {
          @Override
          public String label() {
            return "GET /novels";
          }

          @Override
          public Optional<Object> attribute(String name) {
            if (!name.equals("tenant")) {
              return Optional.empty();
            }
            asked++;
            Optional<Object> answer = answers.size() > 1 ? answers.remove() : answers.peek();
            return answer == null ? Optional.empty() : answer;
          }
        });
  }

  private DbSessionsContainer unit(UnitOrigin origin) {
    DbSessionsContainer db = new DbSessionsContainer(registry, origin);
    units.add(db);
    return db;
  }

  private static void write(Session session, String isbn) {
    session.persist(new Novel(isbn));
    session.flush();
  }

  @Test
  void aUnitGetsTheEnginesOfItsTenant() {
    DbSessionsContainer db = unitOf("acme");
    write(db.writer(), "roadrunner");
    db.commit();

    assertThat(engines.isbns("writer-acme")).containsExactly("roadrunner");
    assertThat(engines.isbns("writer-globex")).isEmpty();
    assertThat(db.reader().createSelectionQuery("select isbn from Novel", String.class).list())
        .containsExactly("roadrunner");
  }

  @Test
  void theSameSessionIsFoundByEveryWayToIt() {
    DbSessionsContainer db = unitOf("acme");

    assertThat(db.writer())
        .isSameAs(db.writer())
        .isSameAs(db.session("writer"))
        .isSameAs(db.on("writer").session())
        .isSameAs(db.session("writer-acme"))
        .isSameAs(db.tenant("acme").writer());
    assertThat(db.on("writer").name()).isEqualTo("writer-acme");
  }

  @Test
  void theTenantIsAskedForOnceAndOnlyWhenItIsNeeded() {
    DbSessionsContainer db = unitOf("acme", "globex");
    db.logger();
    db.session("ledger");
    db.statuses();
    db.isOpen("writer");
    db.tenant("globex").writer();
    assertThat(asked).isZero();

    Session writer = db.writer();
    db.reader();
    db.session("writer");

    assertThat(asked).isOne();
    assertThat(db.session("writer-acme")).isSameAs(writer);
  }

  @Test
  void aLaterOtherAnswerDoesNotChangeTheTenant() {
    DbSessionsContainer db = unitOf("acme", "globex");

    assertThat(db.tenant()).contains("acme");
    assertThat(db.tenant()).contains("acme");
    assertThat(db.on("writer").name()).isEqualTo("writer-acme");
    db.commit();
    db.on("writer").close();
    assertThat(db.on("reader").name()).isEqualTo("reader-acme");
  }

  @Test
  void twoTenantsInOneUnitAreCommittedTogether() {
    DbSessionsContainer db = unitOf("acme");
    write(db.writer(), "from acme");
    write(db.tenant("globex").writer(), "from globex");
    assertThat(engines.isbns("writer-globex")).isEmpty();

    assertThat(db.commit().toString()).contains("writer-acme=COMMITTED, writer-globex=COMMITTED");

    assertThat(engines.isbns("writer-acme")).containsExactly("from acme");
    assertThat(engines.isbns("writer-globex")).containsExactly("from globex");
  }

  @Test
  void twoTenantsInOneUnitAreRolledBackTogether() {
    DbSessionsContainer db = unitOf("acme");
    write(db.writer(), "from acme");
    write(db.tenant("globex").writer(), "from globex");

    db.rollback();
    db.commit();

    assertThat(engines.isbns("writer-acme")).isEmpty();
    assertThat(engines.isbns("writer-globex")).isEmpty();
  }

  @Test
  void theSessionsOfBothTenantsAreClosedWithTheUnit() {
    DbSessionsContainer db = unitOf("acme");
    Session own = db.writer();
    Session other = db.tenant("globex").writer();

    db.close();

    assertThat(own.isOpen()).isFalse();
    assertThat(other.isOpen()).isFalse();
  }

  @Test
  void aTenantsViewHasAllWaysToASession() {
    TenantSessions globex = unitOf("acme").tenant("globex");

    assertThat(globex.tenant()).isEqualTo("globex");
    assertThat(globex.on("writer").name()).isEqualTo("writer-globex");
    assertThat(globex.writer())
        .isSameAs(globex.session("writer"))
        .isSameAs(globex.sessionFor(Novel.class))
        .isSameAs(globex.on(Novel.class).session())
        .isSameAs(globex.any())
        .isSameAs(globex.readYourWrites());
    assertThat(globex.reader()).isSameAs(globex.session("reader-globex")).isSameAs(globex.any());
  }

  @Test
  void enginesThatAreNotPerTenantAreThoseOfEverybody() {
    DbSessionsContainer db = unitOf("acme");

    assertThat(db.tenant("globex").session("ledger")).isSameAs(db.session("ledger"));
    assertThat(db.tenant("globex").logger()).isSameAs(db.logger());
  }

  @Test
  void withoutATenantTheEnginesOfEverybodyStillWork() {
    DbSessionsContainer db = unit(UnitOrigin.NONE);

    assertThat(db.session("ledger").isOpen()).isTrue();
    assertThat(db.tenant()).isEmpty();
  }

  @Test
  void anUnknownTenantIsAnErrorThatListsTheKnownOnes() {
    DbSessionsContainer db = unitOf("initech");

    assertThatThrownBy(db::writer)
        .isInstanceOf(UnknownTenantException.class)
        .hasMessageContaining("Tenant 'initech' has no engine 'writer'")
        .hasMessageContaining("acme, globex");
    assertThatThrownBy(() -> db.tenant("initech").reader())
        .isInstanceOf(UnknownTenantException.class);
    assertThatThrownBy(db::any).isInstanceOf(UnknownTenantException.class);
    assertThatThrownBy(db::readYourWrites).isInstanceOf(UnknownTenantException.class);
    assertThat(db.isOpen("writer")).isFalse();
    assertThat(db.statuses().values()).containsOnly(EngineStatus.INIT);
  }

  @Test
  void noTenantWhereOneIsNeededIsAnErrorThatSaysHowToTellIt() {
    DbSessionsContainer db = unitOf();

    assertThatThrownBy(db::writer)
        .isInstanceOf(NoTenantException.class)
        .hasMessageContaining("'GET /novels' is for no tenant")
        .hasMessageContaining("acme, globex")
        .hasMessageContaining("db.tenant(\"...\")");
    assertThatThrownBy(() -> db.sessionFor(Novel.class)).isInstanceOf(NoTenantException.class);
  }

  @Test
  void aTenantThatIsToldLateIsTheTenant() {
    DbSessionsContainer db = unitOf(null, "acme");
    assertThatThrownBy(db::writer).isInstanceOf(NoTenantException.class);

    assertThat(db.session("writer")).isSameAs(db.session("writer-acme"));
  }

  @Test
  void statusesAndObserversSpeakOfTheRealEngines() {
    DbSessionsContainer db = unitOf("acme");
    write(db.writer(), "1");
    db.commitAndClose();

    assertThat(db.statuses())
        .containsAllEntriesOf(
            Map.of("writer-acme", EngineStatus.END, "writer-globex", EngineStatus.INIT))
        .doesNotContainKey("writer");
    assertThat(engines.events()).contains("opened writer-acme", "closed writer-acme");
  }

  @Test
  void anEngineThatWasClosedAloneIsOpenedAgain() {
    DbSessionsContainer db = unitOf("acme");
    Session first = db.writer();
    assertThat(db.isOpen("writer")).isTrue();

    db.on("writer").close();

    assertThat(db.isOpen("writer")).isFalse();
    assertThat(db.writer()).isNotSameAs(first).matches(Session::isOpen);
  }

  @Test
  void insideOfASavepointTheWriterIsThatOfTheBlock() {
    DbSessionsContainer db = unitOf("acme");
    Session outer = db.writer();

    db.on("writer")
        .savepoint(
            session -> {
              assertThat(db.writer()).isSameAs(session).isNotSameAs(outer);
              return null;
            });

    assertThat(db.writer()).isSameAs(outer);
  }

  @Test
  void anotherTenantsEnginesEndAloneWithoutTouchingTheOwn() {
    DbSessionsContainer db = unitOf("acme");
    Session own = db.writer();
    Session other = db.tenant("globex").writer();

    db.tenant("globex").on("writer").close();

    assertThat(other.isOpen()).isFalse();
    assertThat(db.writer()).isSameAs(own);
  }

  @Test
  void anEntityLivesOnTheWriterOfTheTenant() {
    DbSessionsContainer db = unitOf("acme");

    assertThat(registry.engineFor(Novel.class)).isEqualTo("writer");
    assertThat(db.sessionFor(Novel.class)).isSameAs(db.session("writer-acme"));
  }

  @Test
  void anyPrefersWhatIsOpenOfTheTenant() {
    DbSessionsContainer db = unitOf("acme");
    Session writer = db.writer();

    assertThat(db.any()).isSameAs(writer);
    assertThat(db.tenant("globex").any()).isSameAs(db.session("reader-globex"));
  }

  @Test
  void aUnitInsideOfAnotherIsForTheSameTenant() {
    DbSessionsContainer outer = unitOf("globex", "acme");
    Units.enter(outer);
    try {
      Units.useUnit(
          registry,
          inner -> {
            write(inner.writer(), "inner");
            Units.useUnit(registry, third -> write(third.writer(), "third"));
          });
    } finally {
      Units.leave(outer);
    }

    assertThat(engines.isbns("writer-globex")).containsExactlyInAnyOrder("inner", "third");
    assertThat(outer.tenant()).contains("globex");
  }

  @Test
  void theRegistryGivesTheEngineOfATenant() {
    assertThat(registry.isPerTenant("writer")).isTrue();
    assertThat(registry.isPerTenant("ledger")).isFalse();
    assertThat(registry.tenants("writer")).containsExactly("acme", "globex");
    assertThat(registry.tenants("ledger")).isEmpty();
    assertThat(registry.engine("writer", "acme")).isSameAs(registry.engine("writer-acme"));
    assertThat(registry.engine("ledger", "acme")).isSameAs(registry.engine("ledger"));
    assertThatThrownBy(() -> registry.engine("writer", "initech"))
        .isInstanceOf(UnknownTenantException.class);
    assertThatThrownBy(() -> registry.engine("nothing", "acme"))
        .isInstanceOf(UnknownEngineException.class);
  }
}
