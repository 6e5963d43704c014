package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.SqlAssist;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineBusyException;
import io.sqlassist.engine.PoolFigures;
import io.sqlassist.engine.PoolOptions;
import io.sqlassist.observe.Observer;
import io.sqlassist.session.DbSessionsContainer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The code of docs/pools.md. */
class PoolsTest {

  private final List<Duration> pauses = new ArrayList<>();
  private final List<String> warnings = new CopyOnWriteArrayList<>();

  @AfterEach
  void closeShop() {
    Shop.close();
  }

  private void listen() {
    SqlAssist.registry()
        .observe(
            new Observer() {
              @Override
              public void engineWarning(String engine, String warning) {
                warnings.add(warning);
              }
            });
  }

  private void tryAgainAfter(Duration pause) {
    pauses.add(pause);
  }

  private static Object count(DbSessionsContainer db) {
    return db.writer()
        .createSelectionQuery("select count(*) from Book", Long.class)
        .getSingleResult();
  }

  @Test
  void callersWaitForASetTimeAndAreToldWhenToComeBack() {
    // tag::wait[]
    SqlAssist.initializeEngine(
        "writer",
        engine ->
            engine
                .url("jdbc:h2:mem:shop")
                .pool(pool -> pool.setMaximumPoolSize(1))
                .acquireTimeout(Duration.ofMillis(250))
                .property("hibernate.hbm2ddl.auto", "create"));
    // end::wait[]

    try (DbSessionsContainer holder = SqlAssist.openUnit()) {
      assertThat(count(holder)).isEqualTo(0L);
      // tag::busy[]
      try {
        SqlAssist.useUnit(db -> db.writer().persist(new Book("Emma")));
      } catch (EngineBusyException e) {
        tryAgainAfter(e.retryAfter());
      }
      // end::busy[]
    }

    assertThat(pauses)
        .singleElement() // a second, and more where the machine has let the caller wait for longer
        .satisfies(
            pause -> assertThat(pause).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(30)));
    assertThat(Shop.titles()).isEmpty();
  }

  @Test
  void aPoolThatDoesNotTellItsSizeIsGivenALimit() {
    DataSource dataSource = DatabaseKind.H2.fresh().dataSource();
    // tag::limit[]
    SqlAssist.initializeEngine(
        "writer",
        dataSource,
        engine -> engine.maxConnections(20).acquireTimeout(Duration.ofSeconds(2)));
    // end::limit[]

    // tag::figures[]
    PoolFigures pool = SqlAssist.engine("writer").pool().orElseThrow();
    String line = pool.active() + " of " + pool.max() + " in use, " + pool.waiting() + " waiting";
    // end::figures[]

    assertThat(line).isEqualTo("0 of 20 in use, 0 waiting");
  }

  @Test
  void aUnitInsideOfAUnitIsWarnedOf() {
    listen();
    SqlAssist.initializeEngine(
        "writer",
        engine -> engine.url("jdbc:h2:mem:shop").property("hibernate.hbm2ddl.auto", "create"));

    // tag::double[]
    SqlAssist.useUnit(
        outer -> {
          outer.writer().persist(new Book("Emma")); // holds a connection from here on
          SqlAssist.useUnit(inner -> inner.writer().persist(new Book("Persuasion")));
        });
    // end::double[]

    assertThat(warnings)
        .singleElement()
        .asString()
        .startsWith("one thread holds a connection of a pool and needs a second one of the same")
        .contains("io.sqlassist.docs.PoolsTest.lambda$aUnitInside")
        .contains("the 10 of this pool are enough for 9 such threads at once");
  }

  @Test
  void aUnitThatCommitsBeforeIsNotWarnedOf() {
    listen();
    SqlAssist.initializeEngine(
        "writer",
        engine -> engine.url("jdbc:h2:mem:shop").property("hibernate.hbm2ddl.auto", "create"));

    // tag::apart[]
    SqlAssist.useUnit(
        outer -> {
          outer.writer().persist(new Book("Emma"));
          outer.commit(); // gives the connection back
          SqlAssist.useUnit(inner -> inner.writer().persist(new Book("Persuasion")));
        });
    // end::apart[]

    assertThat(warnings).isEmpty();
    assertThat(Shop.titles()).containsExactly("Emma", "Persuasion");
  }

  @Test
  void enginesHaveBudgets() {
    // tag::budgets[]
    SqlAssist.initializeEngine(
        "writer",
        engine ->
            engine
                .url("jdbc:h2:mem:shop")
                .holdBudget(Duration.ofSeconds(2))
                .idleInTransactionBudget(Duration.ofMillis(500)));
    // end::budgets[]

    PoolOptions options = SqlAssist.engine("writer").options().pool();
    assertThat(options.holdBudget()).contains(Duration.ofSeconds(2));
    assertThat(options.idleInTransactionBudget()).contains(Duration.ofMillis(500));
  }

  @Test
  void aLimitAboveTheSizeOfThePoolIsRefused() {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl(DatabaseKind.H2.fresh().jdbcUrl());
    pool.setMaximumPoolSize(5);
    try (pool) {
      assertThatThrownBy(
              () -> SqlAssist.initializeEngine("writer", pool, engine -> engine.maxConnections(6)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
