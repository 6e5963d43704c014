package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.SqlAssist;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.observe.Observer;
import io.sqlassist.session.Units;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The code of docs/engines.md. */
class EnginesTest {

  @AfterEach
  void closeShop() {
    Shop.close();
  }

  @Test
  void anEngineMayStandOnAPoolOfTheApplication() {
    DatabaseHandle database = DatabaseKind.H2.fresh();
    String url = database.jdbcUrl();
    String username = database.username();
    String password = database.password();
    // tag::own-pool[]
    HikariConfig settings = new HikariConfig();
    settings.setJdbcUrl(url);
    settings.setUsername(username);
    settings.setPassword(password);
    settings.setAutoCommit(false); // as a read-write engine wants it
    HikariDataSource pool = new HikariDataSource(settings);

    SqlAssist.initializeEngine("writer", pool);
    // end::own-pool[]

    SqlAssist.shutdown();
    assertThat(pool.isClosed()).isFalse();
    pool.close();
  }

  @Test
  void aPoolIsTunedInItsOwnWords() {
    // tag::pool[]
    SqlAssist.initializeEngine(
        "reports",
        engine ->
            engine
                .url("jdbc:h2:mem:shop")
                .readOnly()
                .pool(pool -> pool.setMaximumPoolSize(3))
                .property("hibernate.jdbc.fetch_size", 500));
    // end::pool[]

    HikariDataSource pool = (HikariDataSource) SqlAssist.engine("reports").dataSource();
    assertThat(pool.getMaximumPoolSize()).isEqualTo(3);
    assertThat(pool.isReadOnly()).isTrue();
    assertThat(pool.isAutoCommit()).isTrue();
    assertThat(pool.getPoolName()).isEqualTo("reports");
  }

  @Test
  void defaultsGoBeforeEachEnginesOwnSettings() {
    // tag::defaults[]
    SqlAssist.defaults(
        engine -> engine.entities(Book.class).property("hibernate.jdbc.batch_size", 50));

    SqlAssist.initializeEngine("writer", engine -> engine.url("jdbc:h2:mem:shop"));
    SqlAssist.initializeEngine(
        "ledger", engine -> engine.url("jdbc:h2:mem:ledger").entities(Booking.class));
    // end::defaults[]

    assertThat(SqlAssist.engine("writer").options().entities())
        .isEqualTo(List.<Class<?>>of(Book.class));
    assertThat(SqlAssist.engine("ledger").options().entities())
        .isEqualTo(List.<Class<?>>of(Booking.class));
    assertThat(SqlAssist.engine("ledger").options().properties())
        .containsEntry("hibernate.jdbc.batch_size", 50);
  }

  @Test
  void entitiesAreFoundBelowTheCallersPackage() {
    SqlAssist.initializeEngine("writer", engine -> engine.url("jdbc:h2:mem:shop"));

    assertThat(SqlAssist.engine("writer").options().entities())
        .isEqualTo(
            List.<Class<?>>of(
                AuditLine.class,
                Author.class,
                Book.class,
                Booking.class,
                Novel.class,
                OutgoingMail.class,
                Shelf.class,
                Stock.class));
  }

  @Test
  void anEngineWithoutEntitiesRunsNativeSql() {
    // tag::plain[]
    SqlAssist.initializeEngine(
        "legacy", engine -> engine.url("jdbc:h2:mem:legacy").readOnly().entities());

    int answer =
        SqlAssist.inUnit(
            db ->
                db.session("legacy")
                    .createNativeQuery("select 6 * 7", Integer.class)
                    .getSingleResult());
    // end::plain[]

    assertThat(answer).isEqualTo(42);
  }

  @Test
  void oneEngineMayBeTheDefault() {
    // tag::default[]
    SqlAssist.initializeEngine("writer", engine -> engine.url("jdbc:h2:mem:shop").makeDefault());
    SqlAssist.initializeEngine("ledger", engine -> engine.url("jdbc:h2:mem:ledger"));

    String name = SqlAssist.defaultEngine().name(); // writer
    // end::default[]

    assertThat(name).isEqualTo("writer");
  }

  @Test
  void aSettingThatSqlAssistDecidesIsRefused() {
    assertThatThrownBy(
            () -> {
              // tag::refused[]
              SqlAssist.initializeEngine(
                  "writer",
                  engine ->
                      engine
                          .url("jdbc:h2:mem:shop")
                          .property("hibernate.connection.autocommit", true));
              // end::refused[]
            })
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(failure -> Pages.assertShows("engines.md", failure));
    assertThat(SqlAssist.registry().names()).isEmpty();
  }

  @Test
  void aRegistryOfItsOwnKnowsNothingOfTheSharedOne() {
    // tag::registry[]
    try (EngineRegistry engines = EngineRegistry.create(Observer.NONE)) {
      engines.initializeEngine(
          "writer",
          engine -> engine.url("jdbc:h2:mem:other").property("hibernate.hbm2ddl.auto", "create"));
      Units.useUnit(engines, db -> db.writer().persist(new Book("Emma")));
    } // closes the engines, and the pools that were made for them
    // end::registry[]

    assertThat(SqlAssist.registry().names()).isEmpty();
  }

  @Test
  void aPoolInTheWrongModeIsToldToTheObserver() {
    List<String> warnings = new ArrayList<>();
    DatabaseHandle database = DatabaseKind.H2.fresh();
    HikariConfig settings = new HikariConfig();
    settings.setJdbcUrl(database.jdbcUrl());
    settings.setUsername(database.username());
    settings.setPassword(database.password());
    try (HikariDataSource pool = new HikariDataSource(settings);
        EngineRegistry engines =
            EngineRegistry.create(
                new Observer() {
                  @Override
                  public void engineWarning(String engine, String warning) {
                    warnings.add(engine + ": " + warning);
                  }
                })) {
      engines.initializeEngine("writer", pool);
      assertThat(engines.engine("writer").options().kind()).isEqualTo(EngineKind.READ_WRITE);
    }

    assertThat(warnings).singleElement().asString().contains("Set autoCommit=false on the pool");
  }
}
