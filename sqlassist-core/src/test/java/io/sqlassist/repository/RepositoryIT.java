package io.sqlassist.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.ReadOnlyEngineException;
import io.sqlassist.fixture.EngineTests;
import io.sqlassist.fixture.Novel;
import io.sqlassist.session.DbSessionsContainer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(DatabaseKind.class)
class RepositoryIT extends EngineTests {

  RepositoryIT(DatabaseKind kind) {
    super(kind);
  }

  @Test
  void whatItWritesCommitsWithTheUnit() {
    try (DbSessionsContainer db = openUnit()) {
      db.on("writer").repository(Novels.class).insert(new Novel("emma"));
      assertThat(engines.isbns("writer")).isEmpty();
      db.commit();
    }

    assertThat(engines.isbns("writer")).containsExactly("emma");
  }

  @Test
  void whatItWritesIsRolledBackWithTheUnit() {
    assertThatThrownBy(
            () ->
                useUnit(
                    db -> {
                      db.on("writer").repository(Novels.class).insert(new Novel("emma"));
                      db.writer().persist(new Novel("sense"));
                      throw new IllegalStateException("no");
                    }))
        .hasMessage("no");

    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void itSharesTheTransactionOfTheSession() {
    useUnit(
        db -> {
          Novel emma = new Novel("emma");
          emma.setStock(3);
          db.writer().persist(emma);
          db.writer().flush();
          Novels novels = db.on("writer").repository(Novels.class);

          assertThat(novels.byIsbn("emma")).isPresent();
          assertThat(novels.withMoreThan(2)).hasSize(1);
          assertThat(engines.activeConnections("writer")).isEqualTo(1);
        });
  }

  @Test
  void writingThroughAReaderIsRefused() {
    useUnit(db -> db.on("writer").repository(Novels.class).insert(new Novel("emma")));

    useUnit(
        db -> {
          Novels novels = db.on("reader").repository(Novels.class);
          Novel emma = novels.byIsbn("emma").orElseThrow();

          assertThatThrownBy(() -> novels.insert(new Novel("sense")))
              .isInstanceOf(ReadOnlyEngineException.class)
              .hasMessageContaining("'reader'");
          assertThatThrownBy(() -> novels.update(emma)).isInstanceOf(ReadOnlyEngineException.class);
          assertThatThrownBy(() -> novels.delete(emma)).isInstanceOf(ReadOnlyEngineException.class);
          assertThatThrownBy(() -> novels.save(emma)).isInstanceOf(ReadOnlyEngineException.class);
        });

    assertThat(engines.isbns("writer")).containsExactly("emma");
  }

  @Test
  void oneRepositoryWorksOnEveryEngine() {
    useUnit(
        db -> {
          db.on("writer").repository(Novels.class).insert(new Novel("in the shop"));
          db.on("ledger").repository(Novels.class).insert(new Novel("in the ledger"));
          db.on("logger").repository(Novels.class).insert(new Novel("in the log"));
        });

    assertThat(engines.isbns("writer")).containsExactly("in the shop");
    assertThat(engines.isbns("ledger")).containsExactly("in the ledger");
    assertThat(engines.isbns("logger")).containsExactly("in the log");
  }

  @Test
  void insideOfASavepointItIsAnotherOne() {
    useUnit(
        db -> {
          Novels outer = db.on("writer").repository(Novels.class);
          outer.insert(new Novel("kept"));
          assertThatThrownBy(
                  () ->
                      db.on("writer")
                          .savepoint(
                              session -> {
                                Novels inner = db.on("writer").repository(Novels.class);
                                assertThat(inner).isNotSameAs(outer);
                                inner.insert(new Novel("undone"));
                                throw new IllegalStateException("no");
                              }))
              .hasMessage("no");
          assertThat(db.on("writer").repository(Novels.class)).isSameAs(outer);
          outer.insert(new Novel("kept, too"));
        });

    assertThat(engines.isbns("writer")).containsExactly("kept", "kept, too");
  }

  @Test
  void oneThatWorksOnASessionHandsOutManagedEntities() {
    useUnit(db -> db.on("writer").repository(Novels.class).insert(new Novel("emma")));
    useUnit(
        db -> {
          NovelsInSession novels = db.on("writer").repository(NovelsInSession.class);
          assertThat(novels.session()).isSameAs(db.writer());
          List<Novel> all = novels.all();
          all.get(0).setStock(7);
        });

    assertThat(engines.stock("writer", "emma")).isEqualTo(7);
  }
}
