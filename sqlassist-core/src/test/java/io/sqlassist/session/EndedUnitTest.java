package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.fixture.EngineTests;
import io.sqlassist.fixture.Novel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.hibernate.Session;
import org.hibernate.StatelessSession;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class EndedUnitTest extends EngineTests {

  EndedUnitTest() {
    super(DatabaseKind.H2);
  }

  @TestFactory
  Stream<DynamicTest> everyUseAfterTheEndThrows() {
    DbSessionsContainer db = new DbSessionsContainer(engines.registry(), () -> "GET /late");
    EngineScope used = db.on("writer");
    used.statelessSession();
    EngineScope unused = db.on("ledger");
    db.reader();
    db.close();

    Map<String, ThrowingCallable> uses = new LinkedHashMap<>();
    uses.put("reader", db::reader);
    uses.put("writer", db::writer);
    uses.put("logger", db::logger);
    uses.put("any", db::any);
    uses.put("session", () -> db.session("ledger"));
    uses.put("on", () -> db.on("writer"));
    uses.put("commit", db::commit);
    uses.put("rollback", db::rollback);
    uses.put("commitAndClose", db::commitAndClose);
    uses.put("doom", db::doom);
    uses.put("session of a used scope", used::session);
    uses.put("stateless session of a used scope", used::statelessSession);
    uses.put("commit of a used scope", used::commit);
    uses.put("rollback of a used scope", used::rollback);
    uses.put("session of an unused scope", unused::session);
    uses.put("commit of an unused scope", unused::commit);
    uses.put("rollback of an unused scope", unused::rollback);
    return uses.entrySet().stream()
        .map(
            use ->
                DynamicTest.dynamicTest(
                    use.getKey(),
                    () ->
                        assertThatThrownBy(use.getValue())
                            .isInstanceOf(UnitEndedException.class)
                            .hasMessageContaining("GET /late")
                            .hasMessageContaining("inUnit")));
  }

  @TestFactory
  Stream<DynamicTest> everyUseOfAnUnusedUnitAfterItsEndThrows() {
    DbSessionsContainer db = engines.unit();
    db.close();
    return Stream.<ThrowingCallable>of(
            db::reader, db::any, db::commit, db::rollback, db::commitAndClose, db::doom)
        .map(
            use ->
                DynamicTest.dynamicTest(
                    "use", () -> assertThatThrownBy(use).isInstanceOf(UnitEndedException.class)));
  }

  @Test
  void escapedSessionsAreClosed() {
    DbSessionsContainer db = engines.unit();
    Session session = db.writer();
    StatelessSession stateless = db.on("writer").statelessSession();
    Session reader = db.reader();
    db.close();

    assertThat(session.isOpen()).isFalse();
    assertThat(stateless.isOpen()).isFalse();
    assertThat(reader.isOpen()).isFalse();
    assertThatThrownBy(() -> session.find(Novel.class, 1L))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> stateless.get(Novel.class, 1L))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closeTwiceIsToldOnce() {
    DbSessionsContainer db = engines.unit();
    db.writer();
    db.close();
    db.close();
    db.abandon();
    db.closeBecause(new RuntimeException());

    assertThat(events())
        .containsExactly("started", "opened writer", "rolled back", "closed writer", "ended");
  }

  @Test
  void closeAfterCommitAndCloseIsToldNothing() {
    DbSessionsContainer db = engines.unit();
    db.writer();
    db.commitAndClose();
    db.close();

    assertThat(events())
        .containsExactly(
            "started", "opened writer", "committed [writer=COMMITTED]", "closed writer", "ended");
  }

  @Test
  void statusesAndTextWorkAfterTheEnd() {
    DbSessionsContainer db = engines.unit();
    db.writer();
    db.close();

    assertThat(db.isEnded()).isTrue();
    assertThat(db.isOpen("writer")).isFalse();
    assertThat(db.isDoomed()).isFalse();
    assertThat(db.toString()).contains("writer=END", "reader=INIT");
  }

  @Test
  void closeOfAScopeAfterTheEndDoesNothing() {
    DbSessionsContainer db = engines.unit();
    EngineScope scope = db.on("writer");
    scope.session();
    db.close();
    scope.close();

    assertThat(events()).filteredOn("closed writer"::equals).hasSize(1);
  }

  @Test
  void workThatClosesItsUnitReturnsItsResultAndKeepsWhatItCommitted() {
    String result =
        inUnit(
            db -> {
              db.writer().persist(new Novel("kept"));
              db.commit();
              db.writer().persist(new Novel("lost"));
              db.close();
              return "result";
            });

    assertThat(result).isEqualTo("result");
    assertThat(engines.isbns("writer")).containsExactly("kept");
  }

  @Test
  void abandonedUnitThatNobodyUsesIsClosedSoon() throws InterruptedException {
    DbSessionsContainer db = engines.unit();
    Session writer = db.writer();
    writer.persist(new Novel("lost"));
    writer.flush();
    db.abandon();

    assertThatThrownBy(db::writer).isInstanceOf(UnitEndedException.class);
    engines.observer().awaitEnd();
    assertThat(writer.isOpen()).isFalse();
    assertThat(engines.isbns("writer")).isEmpty();
    assertThat(events())
        .containsExactly("started", "opened writer", "rolled back", "closed writer", "ended");
  }
}
