package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.PostPersist;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A flush that makes work for another engine: nothing of it is lost. */
class FlushOfSeveralEnginesTest {

  private static Runnable afterInsert = () -> {};

  /** Calls the test when it is inserted, which is when its engine is flushed. */
  @Entity
  static class Echo {
    @Id @GeneratedValue Long id;

    @PostPersist
    void inserted() {
      afterInsert.run();
    }
  }

  private final TestEngines engines =
      TestEngines.none()
          .add("writer", DatabaseKind.H2.fresh(), EngineKind.READ_WRITE)
          .add(
              "ledger",
              DatabaseKind.H2.fresh(),
              EngineKind.READ_WRITE,
              2,
              config -> config.entities(Novel.class, Echo.class));

  @AfterEach
  void close() {
    afterInsert = () -> {};
    engines.assertConnectionsAreBackAndClean();
    engines.close();
  }

  @Test
  void workForAnEngineThatWasFlushedBeforeIsCommitted() {
    Units.useUnit(
        engines.registry(),
        db -> {
          afterInsert = () -> db.writer().persist(new Novel("by listener"));
          db.writer().persist(new Novel("first"));
          db.session("ledger").persist(new Echo());
        });

    assertThat(engines.isbns("writer")).containsExactlyInAnyOrder("first", "by listener");
  }

  @Test
  void workForAnEngineThatWasNotOpenIsCommittedAndReported() {
    String report =
        Units.inUnit(
            engines.registry(),
            db -> {
              afterInsert = () -> db.writer().persist(new Novel("by listener"));
              db.session("ledger").persist(new Echo());
              return db.commit().toString();
            });

    assertThat(report).isEqualTo("[ledger=COMMITTED, writer=COMMITTED]");
    assertThat(engines.isbns("writer")).containsExactly("by listener");
  }

  @Test
  void workThatIsPassedOnFromEngineToEngineIsCommitted() {
    engines.add(
        "third",
        DatabaseKind.H2.fresh(),
        EngineKind.READ_WRITE,
        2,
        config -> config.entities(Novel.class, Echo.class));
    Units.useUnit(
        engines.registry(),
        db -> {
          afterInsert =
              () -> {
                afterInsert = () -> db.writer().persist(new Novel("passed on"));
                db.session("ledger").persist(new Echo());
              };
          db.writer();
          db.session("ledger");
          db.session("third").persist(new Echo());
        });

    assertThat(engines.isbns("writer")).containsExactly("passed on");
  }
}
