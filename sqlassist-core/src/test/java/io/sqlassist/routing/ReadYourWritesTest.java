package io.sqlassist.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.H2Databases;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.engine.UnknownEngineException;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.EngineStatus;
import io.sqlassist.session.UnitEndedException;
import java.util.List;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The reader is on a database that lags behind the writer's: it never gets what is written. */
class ReadYourWritesTest {

  private final TestEngines engines = TestEngines.none();
  private final DbSessionsContainer db = engines.unit();

  @BeforeEach
  void startEngines() {
    engines.add("replica", H2Databases.fresh(), EngineKind.READ_WRITE); // creates its tables
    engines.add("writer", H2Databases.fresh(), EngineKind.READ_WRITE);
    engines.add(
        "reader",
        engines.pool("replica"),
        EngineKind.READ_ONLY,
        config -> config.entities(Novel.class));
  }

  @AfterEach
  void everyConnectionIsBack() {
    db.close();
    engines.assertConnectionsAreBackAndClean();
    engines.close();
  }

  private static List<String> isbns(Session session) {
    return session.createSelectionQuery("select isbn from Novel", String.class).list();
  }

  @Test
  void beforeAnythingIsWrittenItIsTheReader() {
    assertThat(db.readYourWrites()).isSameAs(db.reader());
    assertThat(db.statuses()).containsEntry("writer", EngineStatus.INIT);
  }

  @Test
  void whatThisUnitWroteIsSeenAlthoughTheReaderDoesNotHaveIt() {
    db.writer().persist(new Novel("emma"));

    assertThat(isbns(db.readYourWrites())).containsExactly("emma");
    assertThat(isbns(db.reader())).isEmpty();
  }

  @Test
  void theReaderThatIsOpenAlreadyDoesNotMatterAfterAWrite() {
    Session before = db.readYourWrites();
    db.writer().persist(new Novel("emma"));

    assertThat(db.readYourWrites()).isNotSameAs(before).isSameAs(db.writer());
    assertThat(db.any()).isSameAs(before);
  }

  @Test
  void afterTheCommitTheReaderMayStillLagSoItStaysTheWriter() {
    db.writer().persist(new Novel("emma"));
    db.commit();

    assertThat(isbns(db.readYourWrites())).containsExactly("emma");
  }

  @Test
  void afterTheWriterWasClosedAloneItIsTheWriterAgain() {
    db.on("writer")
        .atomic(
            session -> {
              session.persist(new Novel("emma"));
              return null;
            });
    db.on("writer").close();

    assertThat(isbns(db.readYourWrites())).containsExactly("emma");
  }

  @Test
  void insideOfASavepointItSeesWhatTheBlockWrote() {
    db.writer().persist(new Novel("emma"));
    db.on("writer")
        .savepoint(
            session -> {
              session.persist(new Novel("persuasion"));
              assertThat(db.readYourWrites()).isSameAs(session);
              assertThat(isbns(db.readYourWrites())).containsExactly("emma", "persuasion");
              return null;
            });
  }

  @Test
  void aUnitThatFollowsAWriteMayReadFromTheWriterAtOnce() {
    engines.sql("writer", "insert into Novel (id, isbn, stock) values (1, 'emma', 0)");

    db.readFromWriter();

    assertThat(db.statuses()).containsEntry("writer", EngineStatus.INIT);
    assertThat(isbns(db.readYourWrites())).containsExactly("emma");
  }

  @Test
  void aTransactionThatWritesAlsoReadsOnTheWriter() {
    engines.sql("replica", "insert into Novel (id, isbn, stock) values (7, 'stale', 1)");
    Novel written = new Novel("emma");
    db.writer().persist(written);
    db.writer().flush();
    db.writer().clear();

    assertThat(db.writer().find(Novel.class, written.getId())).isNotNull();
    assertThat(db.writer().find(Novel.class, 7L)).isNull();
    assertThat(isbns(db.writer())).containsExactly("emma");
    assertThat(db.statuses()).containsEntry("reader", EngineStatus.INIT);
  }

  @Test
  void whatTheReaderLoadedStaysReadableAfterTheCommit() {
    engines.sql("replica", "insert into Novel (id, isbn, stock) values (7, 'emma', 3)");
    Novel read = db.reader().find(Novel.class, 7L);
    Novel lazy = db.reader().getReference(Novel.class, 7L);

    db.commitAndClose();

    assertThat(read.getIsbn()).isEqualTo("emma");
    assertThat(lazy.getStock()).isEqualTo(3);
  }

  @Test
  void withoutAReaderItIsTheWriterAndWithoutAWriterTheReader() {
    engines.registry().remove("reader");
    assertThat(db.readYourWrites()).isSameAs(db.writer());

    try (TestEngines reading = TestEngines.none()) {
      reading.add(
          "reader",
          engines.pool("replica"),
          EngineKind.READ_ONLY,
          config -> config.entities(Novel.class));
      try (DbSessionsContainer reader = reading.unit()) {
        reader.readFromWriter();
        assertThat(reader.readYourWrites()).isSameAs(reader.reader());
      }
    }
  }

  @Test
  void withNeitherItIsAnErrorAndAfterTheEndToo() {
    try (TestEngines none = TestEngines.none();
        DbSessionsContainer empty = none.unit()) {
      assertThatThrownBy(empty::readYourWrites).isInstanceOf(UnknownEngineException.class);
    }
    db.close();
    assertThatThrownBy(db::readYourWrites).isInstanceOf(UnitEndedException.class);
    assertThatThrownBy(db::readFromWriter).isInstanceOf(UnitEndedException.class);
  }
}
