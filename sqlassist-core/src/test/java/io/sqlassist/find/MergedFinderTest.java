package io.sqlassist.find;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.engine.EngineKind;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.TestEngines;
import java.util.List;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MergedFinderTest {

  private final TestEngines engines = TestEngines.none();
  private Session left;
  private Session right;

  @BeforeEach
  void open() {
    left = session("left");
    right = session("right");
  }

  private Session session(String engine) {
    engines.add(
        engine,
        H2.dataSource(),
        EngineKind.READ_WRITE,
        config -> config.entities(Tome.class, Writer.class, Portrait.class));
    Session session = engines.registry().engine(engine).openSession();
    session.beginTransaction();
    return session;
  }

  @AfterEach
  void close() {
    left.close();
    right.close();
    engines.close();
  }

  private MergedFinder<Tome> tomes() {
    return MergedFinder.of(List.of(left, right), Tome.class);
  }

  @Test
  void anOrderThatNobodyAskedForCanAlwaysBeMerged() {
    left.persist(new Tome(1, "Emma"));
    left.persist(new Tome(2, "gemma"));
    right.persist(new Tome(3, "Dilemma"));

    MergedFinder<Tome> containing = tomes().each(f -> f.containing("title", "EMMA"));

    assertThat(containing.list()).extracting(Tome::id).containsExactly(3L, 1L, 2L);
    assertThat(containing.limit(2).list()).extracting(Tome::id).containsExactly(3L, 1L);
    assertThat(containing.first()).map(Tome::id).contains(3L);
    assertThat(tomes().each(f -> f.startingWith("title", "e")).one()).map(Tome::id).contains(1L);
    assertThat(tomes().each(f -> f.containing("title", "m").orderBy("id desc")).list())
        .extracting(Tome::id)
        .containsExactly(3L, 2L, 1L);
    assertThatThrownBy(
            () ->
                tomes().each(f -> f.containing("title", "m").orderBy("title ignoring case")).list())
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("'title' ignoring case");
  }

  @Test
  void anEntityOfWhichSeveralRowsOfACollectionMatchIsFoundOnce() {
    left.persist(new Tome(1, "Emma").tagged("a", "b"));
    left.persist(new Tome(2, "Sense").tagged("a"));
    right.persist(new Tome(3, "Persuasion").tagged("b", "a"));
    MergedFinder<Tome> tagged =
        tomes().each(f -> f.where((tome, cb) -> tome.<Object, String>join("tags").in("a", "b")));

    assertThat(tagged.list()).extracting(Tome::id).containsExactly(1L, 2L, 3L);
    assertThat(tagged.offset(1).limit(1).list()).extracting(Tome::id).containsExactly(2L);
    assertThat(tagged.sumOfCounts()).isEqualTo(3);
    assertThatThrownBy(tagged::one).isInstanceOf(NotUniqueException.class);
    assertThat(tagged.each(f -> f.with("title", "Emma")).one()).map(Tome::id).contains(1L);
    assertThatThrownBy(() -> tagged.each(f -> f.with("author", null).orderBy("title")).one())
        .isInstanceOf(NotUniqueException.class);
  }
}
