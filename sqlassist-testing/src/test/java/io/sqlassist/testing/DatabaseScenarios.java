package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.EngineSettings;
import io.sqlassist.session.Units;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import shop.Author;
import shop.Catalogue;
import shop.Title;

/** Databases by annotation, on each product. */
abstract class DatabaseScenarios {

  /** What the samples have been given. */
  static final List<TestDatabase> GIVEN = new ArrayList<>();

  static void run(TestDatabase database, String... statements) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                database.jdbcUrl(), database.username(), database.password());
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  static boolean hasTable(TestDatabase database, String table) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                database.jdbcUrl(), database.username(), database.password());
        ResultSet found =
            connection
                .getMetaData()
                .getTables(connection.getCatalog(), null, "%", new String[] {"TABLE"})) {
      while (found.next()) {
        if (found.getString("TABLE_NAME").equalsIgnoreCase(table)) {
          return true;
        }
      }
      return false;
    }
  }

  /** What the samples of each product do; their annotations name the product. */
  abstract static class ThatTakesTheOnlyOne {
    @Test
    void usesIt(TestDatabase only) throws SQLException {
      useIt(only);
    }
  }

  abstract static class ThatTakesShopOfAll {
    @Test
    void usesIt(TestDatabases all) throws SQLException {
      useIt(all.get("shop"));
    }
  }

  private final Class<?> first;
  private final Class<?> second;
  private final Class<?> ofItsOwn;

  /** Two samples over one database, and one with a database of its own, of one product. */
  DatabaseScenarios(Class<?> first, Class<?> second, Class<?> ofItsOwn) {
    this.first = first;
    this.second = second;
    this.ofItsOwn = ofItsOwn;
  }

  @BeforeEach
  void forget() {
    GIVEN.clear();
  }

  @Test
  void classesThatNameTheSameDatabaseGetTheSameOneInOneRun() {
    assertThat(Kit.failures(Kit.run(first, second))).isEmpty();

    assertThat(GIVEN).hasSize(2);
    assertThat(GIVEN.get(0).jdbcUrl()).isEqualTo(GIVEN.get(1).jdbcUrl());
  }

  @Test
  void anotherRunHasAnotherDatabaseAndThatOfTheFirstIsGone() {
    assertThat(Kit.failures(Kit.run(first))).isEmpty();
    assertThat(Kit.failures(Kit.run(first))).isEmpty();

    assertThat(GIVEN.get(0).jdbcUrl()).isNotEqualTo(GIVEN.get(1).jdbcUrl());
  }

  @Test
  void aClassCanHaveOneOfItsOwnWhichIsDroppedAfterIt() {
    assertThat(Kit.failures(Kit.run(ofItsOwn))).isEmpty();

    assertThat(isGone(GIVEN.get(0))).isTrue();
  }

  private static boolean isGone(TestDatabase database) {
    try {
      return !hasTable(database, "Author"); // H2 makes a new one for who asks
    } catch (SQLException e) {
      return true;
    }
  }

  /** An engine on it, by code and by settings. */
  static void useIt(TestDatabase database) throws SQLException {
    GIVEN.add(database);
    assertThat(database.toString()).doesNotContain(database.password());
    boolean isNew = !hasTable(database, "Author");
    try (EngineRegistry registry = EngineRegistry.create()) {
      registry.initializeEngine(
          "writer",
          engine -> {
            database.configure(engine);
            engine.entities(Author.class, Title.class);
          });
      if (isNew) {
        registry.engine("writer").createTables();
      }
      registry.initializeEngine(
          "reader",
          engine -> {
            database.readOnlyUser().configure(engine);
            engine.readOnly().entities(Author.class, Title.class);
          });
      registry.initializeEngines(
          EngineSettings.of(database.settings("other")),
          engine -> engine.entities(Author.class, Title.class));
      String name = "of run " + GIVEN.size();
      Units.useUnit(registry, db -> db.writer().persist(new Author(name)));
      for (String engine : List.of("reader", "other")) {
        assertThat(
                Units.<List<String>, RuntimeException>inUnit(
                    registry, db -> Catalogue.names(db.session(engine))))
            .as(engine)
            .contains(name);
      }
    }
  }
}
