package io.sqlassist.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.Engine;
import io.sqlassist.engine.ReadOnlyEngineException;
import io.sqlassist.schema.SchemaDifference.Kind;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tables made, dropped, and compared with the mapping. */
@ParameterizedClass
@EnumSource(DatabaseKind.class)
class TablesIT {

  private final Databases db;

  TablesIT(DatabaseKind kind) {
    db = new Databases(kind);
  }

  @AfterEach
  void everyConnectionIsBack() {
    assertThat(db.connectionsInUse()).isZero();
    db.close();
  }

  private static Set<String> tables(Engine engine) {
    return engine.reflectTables().tables().stream()
        .map(table -> table.name().toLowerCase(Locale.ROOT))
        .filter(name -> !name.endsWith("_seq"))
        .collect(Collectors.toSet());
  }

  @Test
  void withoutNamesAllTablesAreMadeAndUsable() {
    Engine engine = db.engine("writer", Library.ENTITIES);
    engine.createTables();

    assertThat(tables(engine))
        .containsExactlyInAnyOrder("author", "book", "book_tags", "shelf", "shelf_book", "visitor");
    assertThat(engine.validateTables().differences()).isEmpty();
    engine.sessionFactory().inTransaction(session -> session.persist(new Library.Visitor()));
  }

  @Test
  void tablesThatAreThereStayAndTheOthersAreMade() {
    Engine engine = db.engine("writer", Library.ENTITIES);
    engine.createTables(Library.Visitor.class);
    db.sql("insert into visitor (id, name) values (1, 'Ada')");

    engine.createTables();
    engine.createTables();

    assertThat(tables(engine)).contains("book", "visitor");
    db.query("select name from visitor", name -> assertThat(name).isEqualTo("Ada"));
    assertThat(engine.validateTables().isEmpty()).isTrue();
  }

  @Test
  void chosenTablesComeWithTheirCollectionsAndSequencesAndNothingElse() {
    Engine engine = db.engine("writer", Library.ENTITIES);
    engine.createTables(Library.Author.class, Library.Book.class);

    assertThat(tables(engine)).containsExactlyInAnyOrder("author", "book", "book_tags");
    assertThat(engine.validateTables(Library.Author.class, Library.Book.class).differences())
        .isEmpty();
    assertThat(engine.validateTables().differences())
        .extracting(SchemaDifference::kind, SchemaDifference::table)
        .contains(
            tuple(Kind.MISSING_TABLE, "shelf"),
            tuple(Kind.MISSING_TABLE, "visitor"),
            tuple(Kind.MISSING_SEQUENCE, "visitor_seq"));
  }

  @Test
  void aChosenTableWhoseReferenceIsMissingIsRefusedAndNothingIsMade() {
    Engine engine = db.engine("writer", Library.ENTITIES);

    assertThatThrownBy(() -> engine.createTables(Library.Book.class, Library.Visitor.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'book' refers to 'author' (fk_book_author_id_author)")
        .hasMessageContaining("createTables() for all");
    assertThat(tables(engine)).isEmpty();
  }

  @Test
  void aReferenceThatIsThereAlreadyNeedsNoNaming() {
    Engine engine = db.engine("writer", Library.ENTITIES);
    engine.createTables(Library.Author.class);

    engine.createTables(Library.Book.class);

    assertThat(tables(engine)).contains("author", "book");
  }

  @Test
  void aClassThatIsNoEntityIsRefusedWithThoseThatAre() {
    Engine engine = db.engine("writer", Library.ENTITIES);

    assertThatThrownBy(() -> engine.createTables(String.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'writer' maps no entity java.lang.String")
        .hasMessageContaining("[Author, Book, Shelf, Visitor]");
  }

  @Test
  void aReadOnlyEngineMakesAndDropsNothingButComparesAndReads() {
    Engine writer = db.engine("writer", Library.ENTITIES);
    writer.createTables();
    Engine reader = db.engine("reader", config -> config.readOnly().entities(Library.ENTITIES));

    assertThatThrownBy(reader::createTables)
        .isInstanceOf(ReadOnlyEngineException.class)
        .hasMessageContaining("createTables(...)");
    assertThatThrownBy(reader::dropTables).isInstanceOf(ReadOnlyEngineException.class);
    assertThat(reader.validateTables().isEmpty()).isTrue();
    assertThat(tables(reader)).contains("book");
  }

  @Test
  void anAutocommitEngineMakesAndDropsTables() {
    Engine logger =
        db.engine("logger", config -> config.autocommit().entities(Library.Visitor.class));

    logger.createTables();
    assertThat(tables(logger)).containsExactly("visitor");
    logger.dropTables();
    assertThat(logger.reflectTables().tables()).isEmpty();
  }

  @Test
  void allTablesAreDroppedInAnOrderThatWorksAndNoneIsFineToo() {
    Engine engine = db.engine("writer", Library.ENTITIES);
    engine.createTables();

    engine.dropTables();
    assertThat(engine.reflectTables().tables()).isEmpty();
    engine.dropTables();

    engine.createTables();
    assertThat(engine.validateTables().isEmpty()).isTrue();
  }

  @Test
  void aTableThatOthersReferToIsNotDroppedAlone() {
    Engine engine = db.engine("writer", Library.ENTITIES);
    engine.createTables();

    assertThatThrownBy(() -> engine.dropTables(Library.Author.class))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("nothing was dropped")
        .hasMessageMatching("(?is).*translated_by.*");
    assertThat(engine.validateTables().isEmpty()).isTrue();
  }

  @Test
  void aTableThatNobodyMapsKeepsWhatItRefersToFromBeingDropped() {
    Engine engine = db.engine("writer", Library.Visitor.class);
    engine.createTables();
    db.sql(
        "create table visit (id bigint primary key, visitor_id bigint,"
            + " constraint visited foreign key (visitor_id) references visitor (id))");

    assertThatThrownBy(engine::dropTables)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageMatching("(?is).*'visit' refers to 'visitor' \\(visited\\).*");
    assertThat(tables(engine)).contains("visit", "visitor");
  }

  @Test
  void chosenTablesAreDroppedAndTheOthersStay() {
    Engine engine = db.engine("writer", Library.ENTITIES);
    engine.createTables();

    engine.dropTables(Library.Shelf.class);
    assertThat(tables(engine)).contains("book", "author").doesNotContain("shelf", "shelf_book");
    engine.dropTables(Library.Book.class, Library.Author.class);
    assertThat(tables(engine)).containsExactly("visitor");
    assertThat(engine.validateTables(Library.Visitor.class).isEmpty()).isTrue();
  }

  @Test
  void aRefusedStatementStopsTheRestAndIsNamed() {
    Engine engine = db.engine("writer", Library.Author.class, Library.Book.class);
    db.sql("create table author (id bigint, name varchar(80))"); // no key to refer to

    assertThatThrownBy(engine::createTables)
        .isInstanceOf(SchemaChangeException.class)
        .hasMessageContaining("Engine 'writer': the database refused 'alter table")
        .hasMessageContaining("author_id");
    if (db.kind == DatabaseKind.POSTGRESQL) {
      assertThat(tables(engine)).containsExactly("author"); // all or none
    }
  }

  @Test
  void everythingThatDiffersIsToldNotOnlyTheFirst() {
    Engine engine = db.engine("writer", Library.ENTITIES);
    engine.createTables(Library.Author.class, Library.Visitor.class);
    db.sql(
        "alter table author drop column name",
        "alter table author add column born varchar(20) not null",
        "alter table visitor drop column name",
        "alter table visitor add column name integer not null",
        "create table book (id bigint not null, isbn varchar(255), title varchar(255), edition integer"
            + " not null, publisher varchar(255), barcode varchar(255), price numeric(10,2),"
            + " author_id bigint, translator_id bigint, status varchar(10))");

    SchemaReport report = engine.validateTables();

    assertThat(report.differences())
        .extracting(SchemaDifference::kind, SchemaDifference::table)
        .contains(
            tuple(Kind.MISSING_COLUMN, "author"),
            tuple(Kind.UNMAPPED_REQUIRED_COLUMN, "author"),
            tuple(Kind.COLUMN_TYPE, "visitor"),
            tuple(Kind.COLUMN_NULLABILITY, "visitor"),
            tuple(Kind.PRIMARY_KEY, "book"),
            tuple(Kind.MISSING_UNIQUE, "book"),
            tuple(Kind.MISSING_INDEX, "book"),
            tuple(Kind.MISSING_FOREIGN_KEY, "book"),
            tuple(Kind.MISSING_TABLE, "Book_tags"),
            tuple(Kind.MISSING_TABLE, "shelf"),
            tuple(Kind.MISSING_SEQUENCE, "book_seq"));
    assertThat(report.toString())
        .startsWith("The database of engine 'writer' differs from its mapping in ")
        .contains(
            "\n  - The column 'name' of table 'author' is missing; expected varchar(80).",
            "\n  - The unique constraint 'uq_book_isbn' on [isbn] of table 'book' is missing.",
            "\n  - The foreign key 'fk_book_author_id_author' on [author_id] of table 'book' is"
                + " missing. It refers to 'author'.",
            "\n  - The table 'book' has no primary key; expected [id].");
    assertThatThrownBy(report::throwIfAny)
        .isInstanceOf(SchemaMismatchException.class)
        .hasMessage(report.toString());
  }

  @Test
  void keysAndIndexesOfOtherNamesAreNoDifference() {
    Engine engine = db.engine("writer", Library.Visitor.class);
    db.sql(
        "create table visitor (id bigint not null, name varchar(255), constraint some_name primary key (id))",
        "create sequence visitor_seq start with 1 increment by 50");

    assertThat(engine.validateTables().differences()).isEmpty();
  }

  @Test
  void tablesOfAHierarchyAreMadeAndDroppedTogether() {
    Engine engine = db.engine("writer", Library.Item.class, Library.Film.class, Library.Song.class);
    engine.createTables(Library.Item.class);

    assertThat(tables(engine)).contains("film", "song");
    assertThat(engine.validateTables().differences()).isEmpty();
    engine.sessionFactory().inTransaction(session -> session.persist(new Library.Film()));
    engine.dropTables();
    assertThat(engine.reflectTables().tables()).isEmpty();
  }

  @Test
  void aViewOnATableIsNotDroppedWithIt() {
    Engine engine = db.engine("writer", Library.Visitor.class);
    engine.createTables();
    db.sql("create view important as select name from visitor");

    if (db.kind == DatabaseKind.MARIADB) { // which lets the table go, and keeps the view
      engine.dropTables();
    } else {
      assertThatThrownBy(engine::dropTables)
          .isInstanceOf(SchemaChangeException.class)
          .hasMessageMatching("(?is).*important.*");
      assertThat(tables(engine)).contains("important", "visitor");
    }
  }

  @Test
  void foreignKeysOfOtherNamesDoNotKeepTablesFromBeingDropped() {
    db.engine(
            "hibernate",
            config ->
                config.entities(Library.ENTITIES).constraintNaming(ConstraintNaming.HIBERNATE))
        .createTables();
    Engine engine = db.engine("writer", Library.ENTITIES);

    engine.dropTables();

    assertThat(engine.reflectTables().tables()).isEmpty();
  }

  @Test
  void comparingNeedsOneConnectionAtATime() {
    Engine engine =
        db.engine("writer", config -> config.entities(Library.Visitor.class).maxConnections(1));

    engine.createTables();
    assertThat(engine.validateTables().isEmpty()).isTrue();
    engine.dropTables();
  }

  @Test
  void aUniqueIndexOnSomeRowsIsNoUniqueConstraint() {
    if (db.kind != DatabaseKind.POSTGRESQL) {
      return; // the others have none
    }
    Engine engine = db.engine("writer", Library.ENTITIES);
    engine.createTables();
    db.sql(
        "alter table book drop constraint uq_book_isbn",
        "create unique index uq_book_isbn on book (isbn) where edition > 1");

    assertThat(engine.validateTables().differences())
        .extracting(SchemaDifference::kind)
        .containsExactly(Kind.MISSING_UNIQUE);
  }

  @Test
  void anotherEngineOnTheSameMappingNamesTheSame() {
    db.engine("writer", Library.ENTITIES).createTables();
    Engine second = db.engine("second", Library.ENTITIES);

    assertThat(second.validateTables().differences()).isEqualTo(List.of());
  }
}
