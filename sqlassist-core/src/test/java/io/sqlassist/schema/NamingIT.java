package io.sqlassist.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineStartException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.hibernate.boot.model.naming.Identifier;
import org.hibernate.boot.model.naming.ImplicitBasicColumnNameSource;
import org.hibernate.boot.model.naming.ImplicitNamingStrategyJpaCompliantImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What constraints and indexes are called in the database. */
@ParameterizedClass
@EnumSource(DatabaseKind.class)
class NamingIT {

  private final Databases db;

  NamingIT(DatabaseKind kind) {
    db = new Databases(kind);
  }

  @AfterEach
  void close() {
    db.close();
  }

  private static Set<String> indexes(Engine engine, String table) {
    return engine.reflectTables(table).tables().get(0).indexes().stream()
        .map(index -> index.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Every primary key of MariaDB is called PRIMARY, whatever it was given. */
  private String primaryKey(String name) {
    return db.kind == DatabaseKind.MARIADB ? "primary" : name;
  }

  @Test
  void constraintsWithoutANameGetOneByTheConventionAndOthersKeepTheirs() {
    Engine engine = db.engine("writer", Library.ENTITIES);
    engine.createTables();

    assertThat(db.constraints())
        .contains(
            primaryKey("pk_author"),
            primaryKey("pk_book"),
            primaryKey("pk_shelf_book"),
            "uq_book_isbn",
            "uq_book_title_edition",
            "uq_book_title_publisher",
            "one_barcode",
            "fk_book_author_id_author",
            "fk_book_tags_book_id_book",
            "fk_shelf_book_books_id_book",
            "fk_shelf_book_shelf_id_shelf",
            "translated_by",
            "ck_book_barcode",
            "no_gifts",
            "ck_book_" + ConstraintNames.hash("edition > 0"))
        .noneMatch(name -> name.matches("(uk|fk|idx)[a-z0-9]{20,}"));
    if (db.kind == DatabaseKind.POSTGRESQL) { // the others have a type for it
      assertThat(db.constraints()).contains("ck_book_status");
    }
    assertThat(indexes(engine, "book"))
        .contains("ix_book_author_id", "ix_book_publisher_edition", "by_price");
  }

  @Test
  void namesMadeByTheSettingOfHibernateAreTheSame() {
    db.engine(
        "writer",
        config -> config.entities(Library.ENTITIES).property("hibernate.hbm2ddl.auto", "create"));

    assertThat(db.constraints())
        .contains(
            primaryKey("pk_book"), "uq_book_isbn", "fk_book_author_id_author", "ck_book_barcode");
  }

  @Test
  void switchedOffEverythingIsAsHibernateHasIt() {
    Engine engine =
        db.engine(
            "writer",
            config ->
                config.entities(Library.ENTITIES).constraintNaming(ConstraintNaming.HIBERNATE));
    engine.createTables();

    assertThat(db.constraints())
        .contains("one_barcode", "translated_by", "no_gifts")
        .noneMatch(name -> name.matches("(pk|uq|fk|ck)_.*"))
        .anyMatch(name -> name.matches("fk[a-z0-9]{20,}"));
  }

  @Test
  void anEnginesOwnLambdaDecidesBeforeTheDefaults() {
    db.registry.defaults(config -> config.constraintNaming(ConstraintNaming.HIBERNATE));
    Engine engine =
        db.engine(
            "writer",
            config ->
                config
                    .entities(Library.Visitor.class)
                    .constraintNaming(ConstraintNaming.CONVENTION));
    engine.createTables();

    assertThat(db.constraints()).contains(primaryKey("pk_visitor"));
  }

  @Test
  void namesBeyondTheLimitOfTheDatabaseAreShortenedAndStayDistinct() {
    Engine engine = db.engine("writer", Library.Remark.class);
    engine.createTables();

    Set<String> unique = new TreeSet<>(db.constraints());
    unique.removeIf(name -> !name.startsWith("uq_"));
    assertThat(unique)
        .hasSize(2)
        .allMatch(name -> name.startsWith("uq_remark_about_something_that_nobody"));
    if (db.kind != DatabaseKind.H2) { // which takes them in full
      assertThat(unique).allMatch(name -> name.matches(".*_[0-9a-f]{8}") && name.length() <= 64);
    }
    assertThat(engine.validateTables().differences()).isEmpty();
  }

  @Test
  void namesOfQuotedTablesAreQuoted() {
    Engine engine = db.engine("writer", Library.QuotedOrder.class);
    engine.createTables();

    assertThat(db.constraints()).contains("uq_order_group", primaryKey("pk_order"));
    engine.dropTables();
    assertThat(engine.reflectTables().tables()).isEmpty();
  }

  @Test
  void twoConstraintsThatWouldHaveOneNameAreRefusedAtStart() {
    assertThatThrownBy(() -> db.engine("writer", Library.First.class, Library.Second.class))
        .isInstanceOf(EngineStartException.class)
        .hasMessageContaining("uq_a_b_c")
        .hasMessageContaining("'a_b'")
        .hasMessageContaining("'a'")
        .hasMessageContaining("@UniqueConstraint(name = ...)");
    assertThat(db.registry.names()).isEmpty();
  }

  /** Names columns in its own way. */
  public static final class Prefixing extends ImplicitNamingStrategyJpaCompliantImpl {
    private static final long serialVersionUID = 1L;

    @Override
    public Identifier determineBasicColumnName(ImplicitBasicColumnNameSource source) {
      return toIdentifier(
          "c_" + source.getAttributePath().getProperty(), source.getBuildingContext());
    }
  }

  @Test
  void aNamingStrategyOfTheApplicationNamesTheColumnsInWhicheverFormItIsGiven() {
    int engines = 0;
    for (Object strategy :
        new Object[] {new Prefixing(), Prefixing.class, Prefixing.class.getName()}) {
      Engine engine =
          db.engine(
              "writer" + engines++,
              config ->
                  config
                      .entities(Library.Author.class)
                      .property("hibernate.implicit_naming_strategy", strategy));
      engine.createTables();

      assertThat(engine.reflectTables("author").tables().get(0).column("c_name")).isPresent();
      assertThat(db.constraints()).contains(primaryKey("pk_author"));
      engine.dropTables();
    }
  }
}
