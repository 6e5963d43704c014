package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.DbSessionsContainer;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SeparateTransactionsIT {

  private static EngineRegistry engines;

  static final class OfEngines implements RegistrySource {
    @Override
    public EngineRegistry registry() {
      return engines;
    }
  }

  @SqlAssistTest(registry = OfEngines.class, transactions = Transactions.SEPARATE)
  static class OfBooks {

    @Test
    void writes(DbSessionsContainer db) {
      db.writer().persist(new Book("Emma"));
      db.commit();
    }
  }

  @SqlAssistTest(registry = OfEngines.class, transactions = Transactions.SEPARATE)
  static class OfNothing {

    @Test
    void test() {}
  }

  /** The same database, with another address of the same server. */
  private static HikariDataSource pool(Shop shop, String url) {
    HikariConfig settings = new HikariConfig();
    settings.setJdbcUrl(url);
    settings.setUsername(shop.books().username());
    settings.setPassword(shop.books().password());
    settings.setMaximumPoolSize(3);
    return new HikariDataSource(settings);
  }

  private static long rows(Shop shop, String table) {
    return shop.registry()
        .engine("writer")
        .sessionFactory()
        .fromSession(
            session ->
                session
                    .createNativeQuery("select count(*) from " + table, Long.class)
                    .getSingleResult());
  }

  @Nested
  class OnPostgreSql extends SeparateTransactionsScenarios {
    OnPostgreSql() {
      super(DatabaseKind.POSTGRESQL);
    }

    @Test
    void tablesThatBelongToAnExtensionStayAsTheyAre() throws SQLException {
      try (Shop own = new Shop(DatabaseKind.POSTGRESQL)) {
        engines = own.registry();
        own.execute(
            "writer",
            "create extension hstore",
            "create table spatial_ref_sys (id serial)",
            "insert into spatial_ref_sys default values",
            "alter extension hstore add table spatial_ref_sys");

        Kit.succeeds(OfBooks.class);

        assertThat(rows(own, "spatial_ref_sys")).isEqualTo(1);
        assertThat(own.stored("writer")).isEmpty();
      }
    }

    @Test
    void anErrorAfterWhichThePoolClosesTheConnectionIsTold() throws SQLException {
      try (Shop own = new Shop(DatabaseKind.POSTGRESQL)) {
        engines = own.registry();
        own.execute(
            "writer",
            "create function refuse() returns trigger language plpgsql as $$ begin"
                + " raise exception 'must stay' using errcode = '0A000'; end $$",
            "create trigger refusal before delete on book for each row"
                + " execute function refuse()",
            "insert into book (id, title) values (-1, 'Emma')");

        assertThat(Kit.failure(OfBooks.class))
            .hasMessageContaining("the tables of engine 'writer' could not be emptied")
            .hasMessageContaining("must stay");
      }
    }

    private static String inSchema(Shop shop, String path) {
      String url = shop.books().jdbcUrl();
      return url + (url.contains("?") ? "&" : "?") + "currentSchema=" + path;
    }

    @Test
    void whereConnectionsHaveNoSchemaThoseThatNoEntityNamesAreLeftAlone() throws SQLException {
      try (Shop own = new Shop(DatabaseKind.POSTGRESQL)) {
        engines = own.registry();
        own.execute(
            "writer",
            "create schema stranger",
            "create table stranger.thing (id int)",
            "insert into stranger.thing values (1)");
        try (HikariDataSource pool = pool(own, inSchema(own, "nowhere"))) {
          own.registry().engine("writer").switchTo(pool, Duration.ofMinutes(2));

          Kit.succeeds(OfNothing.class);
          assertThat(rows(own, "stranger.thing")).isEqualTo(1);
        }
      }
    }

    @Test
    void aTableOfAnEntityThatIsFoundByTheSearchPathOnlyIsRefused() throws SQLException {
      try (Shop own = new Shop(DatabaseKind.POSTGRESQL)) {
        engines = own.registry();
        own.execute("writer", "create schema front");
        try (HikariDataSource pool = pool(own, inSchema(own, "front,public"))) {
          own.registry().engine("writer").switchTo(pool, Duration.ofMinutes(2));

          assertThat(Kit.failure(OfBooks.class))
              .hasMessageContaining("The tables [Book] of its entities are not among those")
              .hasMessageContaining("in schema 'front'")
              .hasMessageContaining("keep = {...}");
        }
      }
    }
  }

  @Nested
  class OnMariaDb extends SeparateTransactionsScenarios {
    OnMariaDb() {
      super(DatabaseKind.MARIADB);
    }

    @Test
    void whereConnectionsHaveNoDatabaseThoseThatNoEntityNamesAreLeftAlone() throws SQLException {
      try (Shop own = new Shop(DatabaseKind.MARIADB)) {
        engines = own.registry();
        own.execute("writer", "create table thing (id int)", "insert into thing values (1)");
        String url = own.books().jdbcUrl();
        String database = url.replaceFirst(".*//[^/]*/([^?]*).*", "$1");
        try (HikariDataSource pool = pool(own, url.replaceFirst("(//[^/]*/)[^?]*", "$1"))) {
          own.registry().engine("writer").switchTo(pool, Duration.ofMinutes(2));

          Kit.succeeds(OfNothing.class);
          assertThat(rows(own, database + ".thing")).isEqualTo(1);
        }
      }
    }
  }
}
