package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.Units;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import shop.Author;
import shop.Catalogue;

/** What a reader sees that lags behind, on each kind of database. */
abstract class LagScenarios {

  private final Library library;
  private final EngineRegistry registry;

  LagScenarios(DatabaseKind kind) {
    library = Libraries.shared(kind);
    registry = library.registry();
  }

  @BeforeEach
  void begin() {
    library.reset();
  }

  @AfterEach
  void everyConnectionIsBack() {
    assertThat(library.connectionsInUse("reader")).isZero();
    assertThat(library.connectionsInUse("writer")).isZero();
  }

  private void store(String name, String... titles) {
    Units.useUnit(registry, db -> db.writer().persist(new Author(name, titles)));
  }

  private List<String> read() {
    return Units.<List<String>, RuntimeException>inUnit(
        registry, db -> Catalogue.names(db.reader()));
  }

  @Test
  void whatIsCommittedAfterTheBeginningIsNotSeenUntilItCatchesUp() throws SQLException {
    store("before");
    try (ReplicaLag lag = ReplicaLag.begin(registry, "reader")) {
      store("after");

      assertThat(read()).containsExactly("before");
      assertThat(library.authors("writer")).containsExactly("after", "before");
      assertThat(read()).as("time does nothing").containsExactly("before");
      lag.catchUp();
      assertThat(read()).containsExactly("after", "before");
      store("later");
      assertThat(read()).containsExactly("after", "before");
      lag.catchUp("reader");
      assertThat(read()).containsExactly("after", "before", "later");
    }
    store("last");
    assertThat(read()).as("over").contains("last");
  }

  @Test
  void theUnitThatWroteDoesNotSeeItThroughTheReaderEither() throws SQLException {
    try (ReplicaLag lag = ReplicaLag.begin(registry, "reader")) {
      Units.useUnit(
          registry,
          db -> {
            db.writer().persist(new Author("mine"));
            db.commit();

            assertThat(Catalogue.names(db.writer())).containsExactly("mine");
            assertThat(Catalogue.names(db.reader())).isEmpty();
            assertThat(Catalogue.names(db.readYourWrites())).containsExactly("mine");
          });
      assertThat(lag.engines()).containsExactly("reader");
    }
  }

  @Test
  void tablesThatWereNotReadYetAreOfTheSameMoment() throws SQLException {
    store("before", "one");
    try (ReplicaLag lag = ReplicaLag.begin(registry, "reader")) {
      assertThat(read()).containsExactly("before");
      store("after", "two"); // in both tables; that of the titles is read first after it

      assertThat(titles()).containsExactly("one");
      lag.catchUp();
      assertThat(titles()).containsExactly("one", "two");
    }
  }

  @Test
  void updatesAndDeletesAreNotSeenEither() throws SQLException {
    store("old");
    try (ReplicaLag lag = ReplicaLag.begin(registry, "reader")) {
      library.sql("writer", "update Author set name = 'new'");
      assertThat(read()).containsExactly("old");
      lag.catchUp();
      assertThat(read()).containsExactly("new");
      library.sql("writer", "delete from Author");
      assertThat(read()).containsExactly("new");
    }
  }

  private List<String> titles() {
    return Units.<List<String>, RuntimeException>inUnit(
        registry,
        db ->
            db.reader()
                .createSelectionQuery("select text from Title order by text", String.class)
                .list());
  }

  @Test
  void aQueryThatFailsCostsNobodyElseAnything() throws SQLException {
    store("before");
    try (ReplicaLag lag = ReplicaLag.begin(registry, "reader")) {
      store("after");
      assertThatThrownBy(
              () ->
                  Units.useUnit(
                      registry,
                      db ->
                          db.reader()
                              .createNativeQuery("select nothing from nowhere", Object.class)
                              .list()))
          .isInstanceOf(RuntimeException.class);

      assertThat(read()).as("still the same moment").containsExactly("before");
      lag.catchUp();
      assertThat(read()).containsExactly("after", "before");
    }
  }

  @Test
  void manyThreadsReadAtOnce() throws Exception {
    store("before");
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (ReplicaLag lag = ReplicaLag.begin(registry, "reader")) {
      store("after");
      List<Future<List<String>>> all = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        all.add(threads.submit(this::read));
      }
      for (Future<List<String>> each : all) {
        assertThat(each.get(2, TimeUnit.MINUTES)).containsExactly("before");
      }
      lag.catchUp();
      assertThat(read()).containsExactly("after", "before");
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aStreamThatIsReadWhileItCatchesUpStaysOfItsMoment() throws SQLException {
    for (int i = 0; i < 9; i++) {
      store("author " + i);
    }
    try (ReplicaLag lag = ReplicaLag.begin(registry, "reader")) {
      store("zoe");
      List<String> seen = new ArrayList<>();
      Units.useUnit(
          registry,
          db -> {
            try (Stream<String> names =
                db.reader()
                    .createSelectionQuery("select name from Author order by name", String.class)
                    .setFetchSize(2)
                    .getResultStream()) {
              Iterator<String> each = names.iterator();
              seen.add(each.next());
              lag.catchUp();
              each.forEachRemaining(seen::add);
            }
          });

      assertThat(seen).hasSize(9).doesNotContain("zoe");
      assertThat(read()).contains("zoe");
    }
  }

  @Test
  void itsStatementsAreCountedAsEver() throws SQLException {
    try (ReplicaLag lag = ReplicaLag.begin(registry, "reader")) {
      assertThat(library.instruments().record(this::read).count("reader")).isEqualTo(1);
      lag.catchUp();
    }
  }

  @Test
  void theConnectionComesBackAsItWas() throws SQLException {
    for (int i = 0; i < 5; i++) { // more than the pool has
      ReplicaLag.begin(registry, "reader").close();
    }
    store("now");
    assertThat(read()).containsExactly("now");
  }

  @Test
  void whoWritesCanNotLagBehind() {
    assertThatThrownBy(() -> ReplicaLag.begin(registry, "writer"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'writer'")
        .hasMessageContaining("[reader]");
    assertThatThrownBy(() -> ReplicaLag.begin(registry))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aSecondLagOverTheSameRegistryIsRefusedAndGivesItsConnectionBack() throws SQLException {
    try (ReplicaLag lag = ReplicaLag.begin(registry, "reader")) {
      assertThatThrownBy(() -> ReplicaLag.begin(registry, "reader"))
          .isInstanceOf(IllegalStateException.class);
      assertThat(library.connectionsInUse("reader")).isEqualTo(1);
      assertThatThrownBy(() -> lag.catchUp("writer"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[reader]");
    }
  }
}
