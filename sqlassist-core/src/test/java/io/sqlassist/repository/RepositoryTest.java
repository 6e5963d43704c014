package io.sqlassist.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.engine.EngineKind;
import io.sqlassist.engine.EntityRoutingException;
import io.sqlassist.engine.UnknownEngineException;
import io.sqlassist.fixture.Book;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.RecordingDataSource;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.EngineStatus;
import io.sqlassist.session.UnitEndedException;
import jakarta.data.repository.Find;
import jakarta.data.repository.Repository;
import java.util.Optional;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RepositoryTest {

  /** The processor sees no interface inside of another type. */
  @Repository
  public interface Nested {
    @Find
    Optional<Novel> byIsbn(String isbn);
  }

  private final RecordingDataSource shop = new RecordingDataSource(H2.dataSource());
  private final TestEngines engines = TestEngines.none();
  private DbSessionsContainer db;

  @BeforeEach
  void open() {
    engines.add("writer", shop, EngineKind.READ_WRITE, config -> config.entities(Novel.class));
    engines.add("reader", shop, EngineKind.READ_ONLY, config -> config.entities(Novel.class));
    engines.add(
        "ledger", H2.dataSource(), EngineKind.READ_WRITE, config -> config.entities(Book.class));
    engines.add(
        "all",
        H2.dataSource(),
        EngineKind.AUTOCOMMIT,
        config -> config.entities(Book.class, Novel.class));
    db = engines.unit();
    shop.forget();
  }

  @AfterEach
  void close() {
    db.close();
    engines.close();
  }

  @Test
  void itIsTheSameOneForTheWholeUnit() {
    Novels novels = db.on("writer").repository(Novels.class);

    assertThat(db.on("writer").repository(Novels.class)).isSameAs(novels);
    assertThat(db.on("reader").repository(Novels.class)).isNotSameAs(novels);
    try (DbSessionsContainer other = engines.unit()) {
      assertThat(other.on("writer").repository(Novels.class)).isNotSameAs(novels);
    }
  }

  @Test
  void openingItAcquiresNoConnection() {
    db.on("writer").repository(Novels.class);
    db.on("reader").repository(NovelsInSession.class);

    assertThat(shop.acquired()).isZero();
  }

  @Test
  void withoutAnEngineItIsOnThatOfItsEntity() {
    assertThat(db.repository(Novels.class)).isSameAs(db.on("writer").repository(Novels.class));
    assertThat(db.repository(NovelsInSession.class))
        .isSameAs(db.on("writer").repository(NovelsInSession.class));
  }

  @Test
  void withoutAnEngineAndAnEntityOfItsOwnItIsRefused() {
    assertThatThrownBy(() -> db.repository(Everything.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("works with several entities, Book, Novel")
        .hasMessageContaining("db.on(\"...\").repository(Everything.class)");
    assertThat(db.statuses()).containsEntry("writer", EngineStatus.INIT);
  }

  @Test
  void usingMovesARepositoryToAnotherEngine() {
    Novels writing = db.on("writer").repository(Novels.class);
    writing.insert(new Novel("emma"));
    db.commit();

    Novels reading = db.on("reader").using(writing);

    assertThat(reading).isSameAs(db.on("reader").repository(Novels.class)).isNotSameAs(writing);
    assertThat(reading.byIsbn("emma")).isPresent();
    assertThat(db.on("writer").using(reading)).isSameAs(writing);
    try (Session own = engines.registry().engine("writer").openSession()) {
      NovelsInSession elsewhere = new NovelsInSession_(own);
      assertThat(db.on("reader").using(elsewhere).session()).isSameAs(db.reader());
    }
    assertThatThrownBy(() -> db.on("reader").using("no repository"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("java.lang.String is no repository")
        .hasMessageContaining("StatelessSession");
  }

  @Test
  void anEngineThatDoesNotMapTheEntityIsRefusedBeforeAnythingIsOpened() {
    assertThatThrownBy(() -> db.on("ledger").repository(Novels.class))
        .isInstanceOf(EntityRoutingException.class)
        .hasMessageContaining("Novels works with io.sqlassist.fixture.Novel")
        .hasMessageContaining("which engine 'ledger' does not map")
        .hasMessageContaining("It lives on engine 'writer'");
    assertThatThrownBy(() -> db.on("writer").repository(Everything.class))
        .isInstanceOf(EntityRoutingException.class)
        .hasMessageContaining("io.sqlassist.fixture.Book");
    assertThat(db.on("all").repository(Everything.class).novel("emma")).isEmpty();
    assertThat(db.on("ledger").status()).isEqualTo(EngineStatus.INIT);
    assertThatThrownBy(() -> db.on("nowhere").repository(Novels.class))
        .isInstanceOf(UnknownEngineException.class);
  }

  @Test
  void withoutAnImplementationItSaysHowToHaveOneGenerated() {
    assertThatThrownBy(() -> db.on("writer").repository(Runnable.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("There is no implementation of java.lang.Runnable")
        .hasMessageContaining("java.lang.Runnable_")
        .hasMessageContaining("<groupId>org.hibernate.orm</groupId>")
        .hasMessageContaining("<artifactId>hibernate-processor</artifactId>")
        .hasMessageContaining(
            "<version>" + org.hibernate.Version.getVersionString() + "</version>");
    assertThatThrownBy(() -> db.on("writer").repository(Nested.class))
        .hasMessageContaining("give Nested a file of its own");
  }

  @Test
  void itEndsWithTheUnit() {
    Novels novels = db.on("writer").repository(Novels.class);
    db.close();

    assertThatThrownBy(() -> novels.byIsbn("emma")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> db.on("writer").repository(Novels.class))
        .isInstanceOf(UnitEndedException.class);
    assertThat(shop.inUse()).isZero();
  }

  @Test
  void afterTheScopeIsClosedTheNextOneIsFresh() {
    Novels first = db.on("writer").repository(Novels.class);
    db.on("writer").close();

    Novels second = db.on("writer").repository(Novels.class);

    assertThat(second).isNotSameAs(first);
    assertThat(second.byIsbn("emma")).isEmpty();
  }
}
