package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.javalin.Javalin;
import io.sqlassist.SqlAssist;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineSwitchException;
import io.sqlassist.javalin.EnginesAtStop;
import io.sqlassist.javalin.SqlAssistPlugin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The code of docs/switching.md. */
class SwitchingTest {

  private final List<HikariDataSource> pools = new ArrayList<>();
  private final DatabaseHandle database = DatabaseKind.H2.fresh();

  @AfterEach
  void close() {
    SqlAssist.shutdown();
    pools.forEach(HikariDataSource::close);
  }

  private HikariDataSource pool(DatabaseHandle of) {
    HikariConfig settings = new HikariConfig();
    settings.setJdbcUrl(of.jdbcUrl());
    settings.setUsername(of.username());
    settings.setPassword(of.password());
    settings.setAutoCommit(false);
    HikariDataSource pool = new HikariDataSource(settings);
    pools.add(pool);
    return pool;
  }

  private static void addBook(String title) {
    SqlAssist.useUnit(db -> db.writer().persist(new Book(title)));
  }

  @Test
  void anEngineMovesWhileItIsInUse() throws Exception {
    HikariDataSource oldPool = pool(database);
    HikariDataSource newPool = pool(DatabaseKind.H2.fresh());
    Engine writer = SqlAssist.initializeEngine("writer", oldPool);
    writer.createTables();
    SqlAssist.useUnit(
        db -> {
          db.writer().persist(new Book("Emma"));
          // tag::switch[]
          SqlAssist.engine("writer").switchTo(newPool, Duration.ofSeconds(30));
          // end::switch[]
        });

    // tag::close-old[]
    if (SqlAssist.engine("writer").awaitDrained(Duration.ofSeconds(60))) {
      oldPool.close();
    }
    // end::close-old[]

    assertThat(oldPool.isClosed()).isTrue();
    writer.createTables();
    addBook("Persuasion");
    assertThat(Shop.titles()).containsExactly("Persuasion"); // Emma was written to the old one
  }

  @Test
  void aReplacementThatDoesNotAnswerLeavesTheEngineWhereItIs() {
    SqlAssist.initializeEngine("writer", pool(database)).createTables();
    HikariConfig settings = new HikariConfig();
    settings.setJdbcUrl("jdbc:h2:mem:nowhere;IFEXISTS=TRUE");
    settings.setInitializationFailTimeout(-1);
    settings.setConnectionTimeout(250);
    settings.setAutoCommit(false);
    try (HikariDataSource nowhere = new HikariDataSource(settings)) {
      assertThatThrownBy(() -> SqlAssist.engine("writer").switchTo(nowhere, Duration.ofSeconds(30)))
          .isInstanceOf(EngineSwitchException.class);
    }
    addBook("Emma");
    assertThat(Shop.titles()).containsExactly("Emma");
  }

  /** Knows which of two servers takes writes. */
  private static final class Cluster {
    private DataSource primary;

    DataSource primary() {
      return primary;
    }
  }

  @Test
  void eachSessionBeginsOnThePrimary() {
    HikariDataSource first = pool(database);
    HikariDataSource second = pool(DatabaseKind.H2.fresh());
    Cluster cluster = new Cluster();
    cluster.primary = first;
    // tag::before-session[]
    SqlAssist.initializeEngine(
        "writer",
        first,
        engine ->
            engine.beforeSession(
                writer -> writer.switchTo(cluster.primary(), Duration.ofSeconds(30))));
    // end::before-session[]
    SqlAssist.engine("writer").createTables();
    addBook("Emma");

    cluster.primary = second; // a failover
    try (var session = SqlAssist.engine("writer").openSession()) {
      assertThat(session.isOpen()).isTrue();
    }

    assertThat(SqlAssist.engine("writer").dataSource()).isSameAs(second);
  }

  @Test
  void aPasswordIsRotated() {
    SqlAssist.initializeEngine(
        "writer",
        engine ->
            engine
                .url(database.jdbcUrl())
                .username(database.username())
                .password(database.password()));
    String newPassword = database.password();
    // tag::password[]
    Engine writer = SqlAssist.engine("writer");
    HikariDataSource pool = (HikariDataSource) writer.dataSource();
    pool.getHikariConfigMXBean()
        .setPassword(newPassword); // for connections that are made from now on
    writer.reinit(); // and the others are made anew
    // end::password[]

    writer.createTables();
    addBook("Emma");
    assertThat(Shop.titles()).containsExactly("Emma");
  }

  @Test
  void enginesAreReplacedAndRemoved() {
    HikariDataSource pool = pool(database);
    SqlAssist.initializeEngine("reports", pool);
    // tag::replace[]
    SqlAssist.registry()
        .replace(
            "reports",
            pool,
            engine -> engine.entities(Book.class).property("hibernate.jdbc.fetch_size", 500),
            Duration.ofSeconds(30));
    // end::replace[]
    assertThat(SqlAssist.engine("reports").options().entities()).containsExactly(Book.class);
    // tag::remove[]
    SqlAssist.registry().remove("reports", Duration.ofSeconds(30));
    // end::remove[]
    assertThat(SqlAssist.registry().names()).isEmpty();
  }

  @Test
  void theServerLeavesTheEnginesOpenWhereThatIsWanted() {
    SqlAssist.initializeEngine("writer", pool(database));
    Javalin server =
        Javalin.create(
                config -> {
                  // tag::keep[]
                  config.registerPlugin(
                      new SqlAssistPlugin(plugin -> plugin.enginesAtStop = EnginesAtStop.KEEP));
                  // end::keep[]
                })
            .start("127.0.0.1", 0);
    server.stop();

    assertThat(SqlAssist.registry().names()).containsExactly("writer");
  }
}
