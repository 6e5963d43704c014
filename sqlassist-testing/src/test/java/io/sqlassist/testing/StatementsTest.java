package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.UnknownEngineException;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.TableGenerator;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import shop.Author;
import shop.Catalogue;

class StatementsTest {

  private final Library library = Libraries.shared(DatabaseKind.H2);
  private final Instruments instruments = library.instruments();

  @BeforeEach
  void store() {
    library.reset();
    Units.useUnit(
        library.registry(),
        db -> {
          db.writer().persist(new Author("Austen", "Emma", "Persuasion"));
          db.writer().persist(new Author("Brontë", "Villette"));
          db.writer().persist(new Author("Eliot", "Romola"));
        });
  }

  private Statements recorded(Consumer<DbSessionsContainer> work) {
    return recorded(library.registry(), work);
  }

  private static Statements recorded(EngineRegistry registry, Consumer<DbSessionsContainer> work) {
    return Instruments.on(registry).record(() -> Units.useUnit(registry, work::accept));
  }

  private Statements oneByOne() {
    return recorded(Catalogue::oneByOne);
  }

  private Statements joined() {
    return recorded(Catalogue::joined);
  }

  @Test
  void statementsAreCountedByEngine() {
    Statements statements = oneByOne();

    assertThat(statements.count()).isEqualTo(4);
    assertThat(statements.count("reader")).isEqualTo(4);
    assertThat(statements.count("writer")).isZero();
    assertThat(statements.list("reader"))
        .allSatisfy(each -> assertThat(each.sql()).startsWith("select"))
        .allSatisfy(each -> assertThat(each.failed()).isFalse());
    statements.assertExactly("reader", 4);
    statements.assertAtMost("reader", 4);
    statements.assertAtMost("writer", 0);
    statements.assertAtMost(4);
  }

  @Test
  void tooManyStatementsAreListedByEngineWithTheirNumberAndPlace() {
    Statements statements =
        recorded(
            db -> {
              Catalogue.oneByOne(db);
              Catalogue.names(db.session("ledger"));
            });

    assertThatThrownBy(() -> statements.assertAtMost("reader", 2))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("4 statements ran on engine 'reader', at most 2 expected")
        .hasMessageContaining("reader: 4 statements")
        .hasMessageContaining("1 x select")
        .hasMessageContaining("3 x select")
        .hasMessageContaining("at shop.Catalogue.authors(Catalogue.java:")
        .hasMessageContaining("at shop.Catalogue.oneByOne(Catalogue.java:")
        .hasMessageContaining("ledger: 1 statement")
        .hasMessageNotContaining("writer");
    assertThatThrownBy(() -> statements.assertAtMost(4)).hasMessageContaining("5 statements ran");
    assertThatThrownBy(() -> statements.assertExactly("ledger", 2))
        .hasMessageContaining("1 statement ran on engine 'ledger', exactly 2 expected");
  }

  @Test
  void aCollectionThatIsLoadedForEachEntityIsFoundWithItsPlace() {
    assertThatThrownBy(() -> oneByOne().assertNoNPlusOne())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("N+1: a query ran 3 times from one place")
        .hasMessageContaining("'reader'")
        .hasMessageContaining("at shop.Catalogue.oneByOne(Catalogue.java:");
  }

  @Test
  void aJoinIsNoNPlusOne() {
    Statements statements = joined();

    statements.assertNoNPlusOne();
    statements.assertExactly("reader", 1);
  }

  @Test
  void theSameQueryInSeveralUnitsIsNoNPlusOne() {
    Statements statements =
        instruments.record(
            () -> {
              for (int i = 0; i < 5; i++) {
                Units.useUnit(library.registry(), Catalogue::joined);
              }
            });

    assertThat(statements.count("reader")).isEqualTo(5);
    statements.assertNoNPlusOne();
  }

  @Test
  void theSameQueryFromDifferentPlacesIsNoNPlusOne() {
    Statements statements =
        recorded(
            db -> {
              db.reader().createNativeQuery("select 1", Integer.class).list();
              db.reader().createNativeQuery("select 1", Integer.class).list();
              db.reader().createNativeQuery("select 1", Integer.class).list();
            });

    assertThat(statements.count("reader")).isEqualTo(3);
    statements.assertNoNPlusOne();
  }

  @Test
  void insertsInALoopAreNoNPlusOne() {
    Statements statements =
        recorded(
            db -> {
              for (int i = 0; i < 5; i++) {
                db.writer().persist(new Author("author " + i));
                db.writer().flush();
              }
            });

    assertThat(statements.list("writer"))
        .filteredOn(each -> each.sql().startsWith("insert"))
        .hasSize(5);
    statements.assertNoNPlusOne();
  }

  /** Each id is a query of its own: one from a sequence, one from a table of counters. */
  @Entity
  static class Invoice {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "invoices")
    @SequenceGenerator(name = "invoices", sequenceName = "invoice_numbers", allocationSize = 1)
    private Long id;
  }

  @Entity
  static class Receipt {
    @Id
    @GeneratedValue(strategy = GenerationType.TABLE, generator = "receipts")
    @TableGenerator(name = "receipts", table = "receipt_numbers", allocationSize = 1)
    private Long id;
  }

  private static EngineRegistry numbered() {
    EngineRegistry registry = EngineRegistry.create();
    Instruments.on(registry);
    registry
        .initializeEngine(
            "writer",
            engine -> {
              H2Memory.fresh().configure(engine);
              engine.entities(Invoice.class, Receipt.class);
            })
        .createTables();
    return registry;
  }

  @Test
  void theIdsOfNewEntitiesAreNoNPlusOne() {
    try (EngineRegistry registry = numbered()) {
      Statements statements =
          recorded(
              registry,
              db -> {
                for (int i = 0; i < 5; i++) {
                  db.writer().persist(new Invoice());
                  db.writer().persist(new Receipt());
                }
              });

      assertThat(statements.list("writer"))
          .filteredOn(each -> each.sql().contains("invoice_numbers"))
          .as("one for each")
          .hasSize(5);
      assertThat(statements.list("writer"))
          .filteredOn(each -> each.sql().contains("receipt_numbers"))
          .filteredOn(each -> each.sql().startsWith("select"))
          .hasSizeGreaterThanOrEqualTo(5);
      statements.assertNoNPlusOne();
    }
  }

  @Test
  void aQueryThatIsRepeatedBetweenNewEntitiesIsFoundStill() {
    try (EngineRegistry registry = numbered()) {
      Statements statements =
          recorded(
              registry,
              db -> {
                for (long i = 0; i < 3; i++) {
                  db.writer().persist(new Invoice());
                  db.writer().find(Receipt.class, i);
                }
              });

      assertThatThrownBy(statements::assertNoNPlusOne)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("Receipt");
    }
  }

  @Test
  void theLimitOfNPlusOneCanBeChosen() {
    assertThatCode(() -> oneByOne().assertNoNPlusOne(4)).doesNotThrowAnyException();
    assertThatThrownBy(() -> oneByOne().assertNoNPlusOne(2)).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> oneByOne().assertNoNPlusOne(1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void connectionsAreCounted() {
    Statements reading = oneByOne();
    Statements writing =
        recorded(
            db -> {
              Catalogue.names(db.writer());
              db.writer().persist(new Author("Gaskell"));
            });

    writing.assertConnectionsAtMost("writer", 1);
    assertThat(writing.connections("reader")).isZero();
    assertThat(reading.connections("reader")).isEqualTo(4);
    assertThatThrownBy(() -> reading.assertConnectionsAtMost("reader", 3))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("acquired a connection 4 times, at most 3 expected");
  }

  @Test
  void aStatementThatFailsCountsAndIsMarked() {
    Statements statements =
        instruments.record(
            () ->
                assertThatThrownBy(
                    () ->
                        Units.useUnit(
                            library.registry(),
                            db ->
                                db.reader()
                                    .doWork(
                                        connection -> {
                                          try (var statement = connection.createStatement();
                                              var rows =
                                                  statement.executeQuery(
                                                      "select 1 / (select count(*) - 3 from Author)")) {
                                            rows.next();
                                          }
                                        }))));

    assertThat(statements.list("reader"))
        .singleElement()
        .satisfies(one -> assertThat(one.failed()).isTrue());
    assertThat(statements.report()).contains("(1 failed)");
  }

  @Test
  void aBatchIsOneStatementOfSeveralRows() {
    Statements statements =
        recorded(
            db ->
                db.writer()
                    .doWork(
                        connection -> {
                          try (var insert =
                              connection.prepareStatement(
                                  "insert into Author (id, name) values (?, ?)")) {
                            for (int i = 0; i < 3; i++) {
                              insert.setLong(1, 1000 + i);
                              insert.setString(2, "batched " + i);
                              insert.addBatch();
                            }
                            insert.executeBatch();
                          }
                        }));

    assertThat(statements.list("writer"))
        .singleElement()
        .satisfies(one -> assertThat(one.rows()).isEqualTo(3));
    assertThat(statements.report()).contains("(3 rows)");
    assertThat(library.authors("writer")).contains("batched 2");
  }

  @Test
  void nothingCountsAfterTheEndAndNothingBeforeTheBeginning() {
    Units.useUnit(library.registry(), Catalogue::joined);
    Statements statements = joined();
    Units.useUnit(library.registry(), Catalogue::joined);

    assertThat(statements.count("reader")).isEqualTo(1);
    assertThat(instruments.record(() -> {}).report()).isEqualTo("No statement ran.");
  }

  @Test
  void anUnknownEngineIsToldWithTheKnownOnes() {
    assertThatThrownBy(() -> joined().assertAtMost("raeder", 1))
        .isInstanceOf(UnknownEngineException.class)
        .hasMessageContaining("reader");
  }
}
