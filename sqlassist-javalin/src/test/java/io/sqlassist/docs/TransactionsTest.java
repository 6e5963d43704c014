package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.SqlAssist;
import io.sqlassist.javalin.fixture.Eventually;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Isolation;
import jakarta.persistence.LockModeType;
import jakarta.persistence.OptimisticLockException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of docs/transactions.md. */
class TransactionsTest {

  private final AtomicBoolean once = new AtomicBoolean(true);

  @BeforeEach
  void startShop() {
    SqlAssist.initializeEngine(
        "writer",
        engine ->
            engine
                // Who waits for a row here is not to give up before the other one lets go of it.
                .url("jdbc:h2:mem:shop;LOCK_TIMEOUT=60000")
                .entities(Shelf.class, Book.class)
                .property("hibernate.hbm2ddl.auto", "create"));
    SqlAssist.useUnit(db -> db.writer().persist(new Shelf("Emma", 10)));
  }

  @AfterEach
  void closeShop() {
    Shop.close();
  }

  private static int copies() {
    return SqlAssist.inUnit(db -> db.writer().find(Shelf.class, "Emma").copies());
  }

  /** Somebody else, in the middle of what a test does, and only once. */
  private void somebodyElseTakesOne() {
    if (once.getAndSet(false)) {
      SqlAssist.useUnit(db -> db.writer().find(Shelf.class, "Emma").take(1));
    }
  }

  @Test
  void aStatementThatChecksAndChangesNeedsNothingElse() {
    DbSessionsContainer db = SqlAssist.openUnit();
    // tag::statement[]
    int changed =
        db.writer()
            .createMutationQuery(
                "update Shelf set copies = copies - 1 where title = :title and copies > 0")
            .setParameter("title", "Emma")
            .executeUpdate();
    if (changed == 0) {
      throw new SoldOutException();
    }
    // end::statement[]
    db.commit();
    db.close();

    assertThat(copies()).isEqualTo(9);
  }

  @Test
  void aVersionMakesTheSecondOneTryAgain() {
    SqlAssist.useUnit(
        db -> {
          // tag::version[]
          db.on("writer")
              .retries(3)
              .atomic(
                  session -> {
                    Shelf shelf = session.find(Shelf.class, "Emma");
                    somebodyElseTakesOne(); // a test's way to have a conflict, once
                    shelf.take(1);
                    return shelf;
                  });
          // end::version[]
        });

    assertThat(copies()).isEqualTo(8); // both have theirs
  }

  @Test
  void withoutRetriesTheSecondOneIsRefusedAndNothingIsLost() {
    assertThatThrownBy(
            () ->
                SqlAssist.useUnit(
                    db -> {
                      Shelf shelf = db.writer().find(Shelf.class, "Emma");
                      somebodyElseTakesOne();
                      shelf.take(1);
                    }))
        .isInstanceOf(OptimisticLockException.class);
    assertThat(copies()).isEqualTo(9);
  }

  @Test
  void aLockMakesTheSecondOneWait() throws Exception {
    CompletableFuture<Void> second;
    try (DbSessionsContainer db = SqlAssist.openUnit()) {
      // tag::lock[]
      Shelf shelf = db.writer().find(Shelf.class, "Emma", LockModeType.PESSIMISTIC_WRITE);
      shelf.take(1);
      // end::lock[]
      second =
          CompletableFuture.runAsync(
              () ->
                  SqlAssist.useUnit(
                      other ->
                          other
                              .writer()
                              .find(Shelf.class, "Emma", LockModeType.PESSIMISTIC_WRITE)
                              .take(1)));
      Eventually.until("the second one waits for the row", TransactionsTest::somebodyWaits);
      assertThat(second).isNotDone();
      db.commit();
    }
    second.get(60, TimeUnit.SECONDS);

    assertThat(copies()).isEqualTo(8);
  }

  private static boolean somebodyWaits() {
    return SqlAssist.inUnit(
        db ->
            db.writer()
                    .createNativeQuery(
                        "select count(*) from information_schema.sessions"
                            + " where blocker_id is not null",
                        Long.class)
                    .getSingleResult()
                > 0);
  }

  private static long count(Session session) {
    return session.createSelectionQuery("select count(*) from Book", Long.class).getSingleResult();
  }

  private static List<String> list(Session session) {
    return session.createSelectionQuery("select title from Book", String.class).list();
  }

  private void somebodyElseAddsABook() {
    SqlAssist.useUnit(db -> db.writer().persist(new Book("Emma")));
  }

  @Test
  void twoQueriesSeeOneState() {
    SqlAssist.useUnit(
        db -> {
          // tag::one-state[]
          String report =
              db.on("writer")
                  .isolation(Isolation.REPEATABLE_READ)
                  .atomic(
                      session -> {
                        long count = count(session);
                        somebodyElseAddsABook(); // and commits, while the report is made
                        return count + " books: " + list(session);
                      });
          // end::one-state[]
          assertThat(report).isEqualTo("0 books: []");
          assertThat(count(db.writer())).isEqualTo(1);
        });
  }

  @Test
  void withTheDefaultIsolationTwoQueriesSeeTwoStates() {
    SqlAssist.useUnit(
        db -> {
          long count = count(db.writer());
          somebodyElseAddsABook();
          assertThat(count).isZero();
          assertThat(list(db.writer())).containsExactly("Emma");
        });
  }
}
