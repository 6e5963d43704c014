package io.sqlassist.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sqlassist.engine.EngineKind;
import io.sqlassist.engine.EntityRoutingException;
import io.sqlassist.engine.ReadOnlyEngineException;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.routing.Catalogue.Receipt;
import io.sqlassist.routing.Catalogue.Stray;
import io.sqlassist.routing.Catalogue.Title;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.EngineScope;
import io.sqlassist.session.Units;
import java.util.function.Consumer;
import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An entity that is used on an engine which does not map it: the error says where it lives. */
class MisplacedEntityTest {

  private static TestEngines engines;

  @BeforeAll
  static void startEngines() {
    String shop = H2.url();
    engines = TestEngines.none();
    engines.add(
        "writer",
        H2.dataSource(shop),
        EngineKind.READ_WRITE,
        config -> config.entities(Title.class));
    engines.add(
        "reader",
        H2.dataSource(shop),
        EngineKind.READ_ONLY,
        config -> config.entities(Title.class));
    engines.add(
        "ledger", H2.dataSource(), EngineKind.READ_WRITE, config -> config.entities(Receipt.class));
  }

  @AfterAll
  static void closeEngines() {
    engines.close();
  }

  /** Every way to hand an object to a session. */
  private enum WithObject {
    PERSIST {
      @Override
      void run(Session session, Object entity) {
        session.persist(entity);
      }
    },
    MERGE {
      @Override
      void run(Session session, Object entity) {
        session.merge(entity);
      }
    },
    REMOVE {
      @Override
      void run(Session session, Object entity) {
        session.remove(entity);
      }
    },
    DETACH {
      @Override
      void run(Session session, Object entity) {
        session.detach(entity);
      }
    };

    abstract void run(Session session, Object entity);
  }

  /** Every way to name an entity's class or its name. */
  private enum ByName {
    FIND {
      @Override
      void run(EngineScope engine) {
        engine.session().find(Receipt.class, 1L);
      }
    },
    REFERENCE {
      @Override
      void run(EngineScope engine) {
        engine.session().getReference(Receipt.class, 1L);
      }
    },
    HQL {
      @Override
      void run(EngineScope engine) {
        engine.session().createSelectionQuery("from Receipt", Receipt.class).list();
      }
    },
    HQL_UPDATE {
      @Override
      void run(EngineScope engine) {
        engine.session().createMutationQuery("delete Receipt").executeUpdate();
      }
    },
    CRITERIA {
      @Override
      void run(EngineScope engine) {
        engine.session().getCriteriaBuilder().createQuery(Receipt.class).from(Receipt.class);
      }
    },
    STATELESS_INSERT {
      @Override
      void run(EngineScope engine) {
        engine.statelessSession().insert(new Receipt(1));
      }
    },
    STATELESS_GET {
      @Override
      void run(EngineScope engine) {
        engine.statelessSession().get(Receipt.class, 1L);
      }
    };

    abstract void run(EngineScope engine);
  }

  private static void use(String engine, Consumer<EngineScope> work) {
    Units.useUnit(engines.registry(), db -> work.accept(db.on(engine)));
  }

  @ParameterizedTest
  @EnumSource
  void handingAnEntityToAnEngineThatDoesNotMapItSaysWhereItLives(WithObject form) {
    assertThatThrownBy(() -> use("writer", writer -> form.run(writer.session(), new Receipt(1))))
        .isInstanceOf(EntityRoutingException.class)
        .hasMessageContaining(Receipt.class.getName() + " is not mapped by engine 'writer'")
        .hasMessageContaining("It lives on engine 'ledger'")
        .hasMessageContaining("db.sessionFor(Receipt.class)")
        .hasNoSuppressedExceptions();
  }

  @ParameterizedTest
  @EnumSource
  void whatHibernateRefusesByNameLeavesTheUnitWithWhereItLives(ByName form) {
    Throwable failure = catchThrowable(() -> use("writer", form::run));

    assertThat(failure).isNotInstanceOf(EntityRoutingException.class);
    assertThat(failure.getSuppressed())
        .singleElement()
        .isInstanceOf(EntityRoutingException.class)
        .asString()
        .contains("It lives on engine 'ledger'")
        .contains("db.session(\"ledger\")");
  }

  @ParameterizedTest
  @EnumSource
  void anExceptionMapperCanAskWhereItLives(ByName form) {
    try (DbSessionsContainer db = engines.unit()) {
      Throwable failure = catchThrowable(() -> form.run(db.on("reader")));

      assertThat(engines.registry().misplacedEntity(failure)).isPresent();
    }
  }

  @Test
  void anInnerUnitHasSaidItAlready() {
    Throwable failure =
        catchThrowable(
            () -> Units.useUnit(engines.registry(), outer -> use("writer", ByName.FIND::run)));

    assertThat(failure.getSuppressed()).hasSize(1);
  }

  @Test
  void theReaderRefusesToWriteBeforeItLooksAtTheEntity() {
    assertThatThrownBy(() -> use("reader", reader -> reader.session().persist(new Receipt(1))))
        .isInstanceOf(ReadOnlyEngineException.class);
  }

  @Test
  void aProxyIsKnownByItsEntity() {
    use("ledger", ledger -> ledger.session().persist(new Receipt(7)));

    assertThatThrownBy(
            () ->
                Units.useUnit(
                    engines.registry(),
                    db -> {
                      Receipt proxy = db.session("ledger").getReference(Receipt.class, 7L);
                      Hibernate.initialize(proxy);
                      assertThat(proxy.getClass()).isNotEqualTo(Receipt.class);
                      db.writer().merge(proxy);
                    }))
        .isInstanceOf(EntityRoutingException.class)
        .hasMessageContaining(Receipt.class.getName() + " is not mapped by engine 'writer'");
  }

  @ParameterizedTest
  @EnumSource
  void whatNobodyMapsIsLeftToHibernate(WithObject form) {
    assertThatThrownBy(() -> use("writer", writer -> form.run(writer.session(), new Stray())))
        .isNotInstanceOf(EntityRoutingException.class)
        .hasNoSuppressedExceptions();
  }

  @Test
  void otherFailuresAreLeftAlone() {
    IllegalArgumentException failure = new IllegalArgumentException("Not an entity at all");

    assertThat(engines.registry().misplacedEntity(failure)).isEmpty();
    assertThat(engines.registry().misplacedEntity(new IllegalArgumentException())).isEmpty();
    assertThat(
            engines
                .registry()
                .misplacedEntity(new IllegalArgumentException("Not an entity: com.acme.Nothing")))
        .isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void whereItIsMappedItWorks(WithObject form) {
    use(
        "writer",
        writer -> {
          Session session = writer.session();
          Title title = new Title(form.ordinal() + 100L);
          session.persist(title);
          session.flush();
          if (form != WithObject.PERSIST) {
            form.run(session, title);
          }
        });
  }
}
