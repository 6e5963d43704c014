package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tests that commit for real, on some database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SeparateTransactionsScenarios {

  private static Shop shop;
  private static EngineRegistry others;

  /** What samples want to tell. */
  private static final List<Object> seen = new ArrayList<>();

  private final DatabaseKind kind;

  SeparateTransactionsScenarios(DatabaseKind kind) {
    this.kind = kind;
    shop = new Shop(kind, Book.class, Author.class, Portrait.class, Country.class);
  }

  @BeforeEach
  void forget() {
    seen.clear();
  }

  @AfterAll
  void close() {
    shop.close();
  }

  static final class OfShop implements RegistrySource {
    @Override
    public EngineRegistry registry() {
      return shop.registry();
    }
  }

  static final class OfOthers implements RegistrySource {
    @Override
    public EngineRegistry registry() {
      return others;
    }
  }

  private static long count(String engine, String table) {
    return count(shop, engine, table);
  }

  private static long count(Shop of, String engine, String table) {
    return of.registry()
        .engine(engine)
        .sessionFactory()
        .fromSession(
            session ->
                session
                    .createNativeQuery("select count(*) from " + table, Long.class)
                    .getSingleResult());
  }

  private static void writeAll(DbSessionsContainer db) {
    Country country = new Country("England");
    db.writer().persist(country);
    Author teacher = new Author(null, country, "Fanny");
    db.writer().persist(teacher);
    Author author = new Author(teacher, country, "Jane", "Austen");
    db.writer().persist(author);
    Portrait portrait = new Portrait(author);
    db.writer().persist(portrait);
    db.writer().flush();
    author.show(portrait);
    db.writer().persist(new Book("Emma"));
    db.logger().persist(new Book("sold"));
    db.commit();
  }

  @SqlAssistTest(registry = OfShop.class, transactions = Transactions.SEPARATE)
  static class ThatCommits {

    @RepeatedTest(2)
    void forReal(DbSessionsContainer db) {
      assertThat(Shop.titles(db, "reader")).isEmpty();
      db.rollback(); // MariaDB's snapshot, for example
      writeAll(db);

      assertThat(shop.stored("writer")).as("elsewhere").containsExactly("Emma");
      assertThat(shop.stored("reader")).containsExactly("Emma");
      assertThat(shop.stored("logger")).containsExactly("sold");
    }
  }

  @Test
  void commitsAreRealAndAllTablesOfAllEnginesAreEmptyAfterwardsWhateverRefersToWhat() {
    Kit.succeeds(ThatCommits.class);

    for (String table : List.of("Book", "Author", "Author_names", "Portrait", "Country")) {
      assertThat(count("writer", table)).as(table).isZero();
    }
    assertThat(count("logger", "Book")).isZero();
    assertThat(shop.connectionsInUse()).isZero();
  }

  @SqlAssistTest(registry = OfShop.class, transactions = Transactions.SEPARATE)
  static class ThatFails {

    @Test
    void fails(DbSessionsContainer db) {
      assertThat(Shop.titles(db, "reader")).isEmpty();
      db.rollback();
      writeAll(db);
      db.writer().persist(new Book("not committed"));
      db.writer().flush();
      throw new AssertionError("on purpose");
    }
  }

  @Test
  void whatWasThereBeforeATestAndWhatOneThatFailsLeavesIsDeletedToo() {
    Units.useUnit(shop.registry(), db -> db.writer().persist(new Book("Left before")));

    assertThat(Kit.failure(ThatFails.class)).hasMessage("on purpose").hasNoSuppressedExceptions();
    assertThat(shop.stored("writer")).isEmpty();
  }

  @SqlAssistTest(
      registry = OfShop.class,
      transactions = Transactions.SEPARATE,
      keep = {"COUNTRY"})
  static class ThatKeeps {

    @Test
    void keeps(DbSessionsContainer db) {
      writeAll(db);
    }
  }

  @Test
  void tablesThatAreNamedAndHistoriesOfMigrationsAreKept() throws SQLException {
    shop.execute(
        "writer",
        "create table flyway_schema_history (version int)",
        "insert into flyway_schema_history values (1)",
        "create table databasechangelog (id int)",
        "insert into databasechangelog values (1)");
    try {
      Kit.succeeds(ThatKeeps.class);

      assertThat(count("writer", "flyway_schema_history")).isEqualTo(1);
      assertThat(count("writer", "databasechangelog")).isEqualTo(1);
      assertThat(count("writer", "Country")).isEqualTo(1);
      assertThat(count("writer", "Author")).isZero();
    } finally {
      shop.execute(
          "writer",
          "drop table flyway_schema_history",
          "drop table databasechangelog",
          "delete from Country");
    }
  }

  @SqlAssistTest(
      registry = OfShop.class,
      transactions = Transactions.SEPARATE,
      keep = {"country", "contry"})
  static class ThatKeepsWhatIsNotThere {

    @Test
    void test() {
      throw new AssertionError("must not run");
    }
  }

  @Test
  void aTableToBeKeptThatIsNotThereIsRefusedBeforeAnythingIsDeleted() {
    Units.useUnit(shop.registry(), db -> db.writer().persist(new Book("There")));

    assertThat(Kit.failure(ThatKeepsWhatIsNotThere.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("keeps the tables [contry], which are not there")
        .message()
        .containsIgnoringCase("portrait");
    assertThat(shop.stored("writer")).containsExactly("There");
    shop.registry()
        .engine("writer")
        .sessionFactory()
        .inTransaction(session -> session.createMutationQuery("delete from Book").executeUpdate());
  }

  @SqlAssistTest(
      registry = OfShop.class,
      transactions = Transactions.SEPARATE,
      engines = {"logger"})
  static class OfOneEngine {

    @Test
    void writes(DbSessionsContainer db) {
      db.logger().persist(new Book("line"));
    }
  }

  @Test
  void enginesThatTheTestDoesNotDeclareAreLeftAlone() {
    Units.useUnit(shop.registry(), db -> db.writer().persist(new Book("There")));

    Kit.succeeds(OfOneEngine.class);

    assertThat(shop.stored("logger")).isEmpty();
    assertThat(shop.stored("writer")).containsExactly("There");
    Kit.succeeds(ThatCommits.class);
  }

  @SqlAssistTest(
      registry = OfShop.class,
      transactions = Transactions.SEPARATE,
      keep = {"country"},
      restartSequences = true)
  static class ThatRestarts {

    @RepeatedTest(3)
    void counts(DbSessionsContainer db) {
      Author author = new Author(null, null);
      Book book = new Book("Emma");
      Country country = new Country("England");
      db.writer().persist(author);
      db.writer().persist(book);
      db.writer().persist(country);
      db.commit();
      seen.add("author " + author.id() + ", book " + book.id());
      seen.add(country.id());
      for (int i = 0; i < 120; i++) { // more than Hibernate takes from the sequence at once
        db.writer().persist(new Book("another " + i));
      }
      db.commit();
    }
  }

  @Test
  void sequencesAndIdentityColumnsBeginAnewIfAskedButNotThoseOfTablesThatAreKept()
      throws SQLException {
    Kit.succeeds(ThatRestarts.class);
    List<Object> keys = seen.stream().filter(String.class::isInstance).toList();
    List<Object> ofKept = seen.stream().filter(Long.class::isInstance).toList();

    assertThat(keys.subList(1, 3)).containsOnly("author 1, book 1");
    assertThat(ofKept).doesNotHaveDuplicates();
    shop.execute("writer", "delete from Country");
  }

  @SqlAssistTest(registry = OfShop.class, transactions = Transactions.SEPARATE)
  static class WithATriggerOrTable {

    @Test
    void writes(DbSessionsContainer db) {
      db.writer().persist(new Book("Emma"));
      db.commit();
    }
  }

  @Test
  void tablesWithStrangeNamesInOtherSchemasOfTheMappingAndViewsAreNoTrouble() throws SQLException {
    String quote = kind == DatabaseKind.MARIADB ? "`" : "\"";
    String table = quote + "Order's of " + (kind == DatabaseKind.MARIADB ? "``" : "\"\"") + quote;
    shop.execute(
        "writer",
        "create table " + table + " (id int)",
        "insert into " + table + " values (1)",
        "create view titles as select title from Book");
    try {
      Kit.succeeds(WithATriggerOrTable.class);

      assertThat(count("writer", table)).isZero();
    } finally {
      shop.execute("writer", "drop view titles", "drop table " + table);
    }
  }

  @SqlAssistTest(registry = OfOthers.class, transactions = Transactions.SEPARATE)
  static class InOtherSchemas {

    @Test
    void writes(DbSessionsContainer db) {
      db.session("trail").persist(new Audit(1));
      db.session("trail").persist(new Order(1));
      db.commit();
    }
  }

  @Test
  void schemasOfEntitiesAreEmptiedHoweverTheyAreSpelledAlsoIfAnotherEngineNamesNone() {
    try (Shop own = new Shop(kind)) {
      own.start(
          "trail",
          own.books(),
          engine ->
              engine
                  .entities(Audit.class, Order.class)
                  .property("hibernate.hbm2ddl.create_namespaces", "true")
                  .property("hibernate.hbm2ddl.auto", "create"));
      others = own.registry();

      Kit.succeeds(InOtherSchemas.class);

      own.registry()
          .engine("trail")
          .sessionFactory()
          .inSession(
              session -> {
                assertThat(session.find(Audit.class, 1)).isNull();
                assertThat(session.find(Order.class, 1)).isNull();
              });
    }
  }

  @SqlAssistTest(
      registry = OfShop.class,
      transactions = Transactions.SEPARATE,
      keep = {"shelf"})
  static class ThatKeepsWhatRefersToCircles {

    @Test
    void fills(DbSessionsContainer db) throws SQLException {
      shop.execute(
          "writer",
          "insert into category values (1, null)",
          "insert into category values (2, 1)",
          "insert into hen values (1, null)",
          "insert into egg values (1, 1)",
          "update hen set egg = 1");
    }
  }

  @Test
  void aTableThatIsKeptMayReferToTablesThatReferToThemselvesOrEachOther() throws SQLException {
    shop.execute(
        "writer",
        "create table category (id int primary key, parent int,"
            + " constraint fk_parent foreign key (parent) references category (id)"
            + " on delete restrict)",
        "create table egg (id int primary key, hen int)",
        "create table hen (id int primary key, egg int,"
            + " constraint fk_egg foreign key (egg) references egg (id))",
        "alter table egg add constraint fk_hen foreign key (hen) references hen (id)",
        "create table shelf (id int primary key, category int, hen int,"
            + " constraint fk_category foreign key (category) references category (id),"
            + " constraint fk_shelf_hen foreign key (hen) references hen (id))",
        "insert into shelf values (1, null, null)");
    try {
      Kit.succeeds(ThatKeepsWhatRefersToCircles.class);

      assertThat(count("writer", "shelf")).isEqualTo(1);
      for (String table : List.of("category", "hen", "egg")) {
        assertThat(count("writer", table)).as(table).isZero();
      }
    } finally {
      shop.execute(
          "writer",
          "drop table shelf",
          "alter table egg drop constraint fk_hen",
          "drop table hen",
          "drop table egg",
          "drop table category");
    }
  }

  static class LeftUntouched {

    @RegisterExtension
    static final SqlAssistExtension SQL =
        SqlAssistExtension.builder()
            .registry(() -> shop.registry())
            .transactions(Transactions.UNTOUCHED)
            .build();

    @Test
    void commits(DbSessionsContainer db) {
      db.writer().persist(new Book("Emma"));
      db.commit();
    }
  }

  @Test
  void aTestThatIsLeftUntouchedCommitsAndDeletesNothing() {
    Kit.succeeds(LeftUntouched.class);

    assertThat(shop.stored("writer")).containsExactly("Emma");
    Kit.succeeds(ThatCommits.class);
    assertThat(shop.stored("writer")).isEmpty();
  }
}
