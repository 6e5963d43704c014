package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.SqlAssist;
import io.sqlassist.engine.ReadOnlyEngineException;
import io.sqlassist.engine.UnknownEngineException;
import io.sqlassist.session.ConcurrentUnitException;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.EngineStatus;
import io.sqlassist.session.Isolation;
import io.sqlassist.session.NoCurrentUnitException;
import io.sqlassist.session.UnitEndedException;
import io.sqlassist.session.WhenOpen;
import io.sqlassist.transaction.CommitReport;
import io.sqlassist.transaction.UnitHooks;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.RollbackException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.hibernate.Session;
import org.hibernate.SessionEventListener;
import org.hibernate.StatelessSession;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of docs/unit-of-work.md. */
class UnitOfWorkTest {

  @BeforeEach
  void openShop() {
    Shop.startEngines();
    Shop.startLedger();
  }

  @AfterEach
  void closeShop() {
    Shop.close();
  }

  @Test
  void aBlockCommitsWhenItReturns() {
    // tag::in-unit[]
    long id =
        SqlAssist.inUnit(
            db -> {
              Book book = new Book("Emma");
              db.writer().persist(book);
              return book.id();
            }); // committed and closed

    SqlAssist.useUnit(db -> db.writer().find(Book.class, id).rename("Emma, revised"));
    // end::in-unit[]

    assertThat(Shop.titles()).containsExactly("Emma, revised");
  }

  @Test
  void aBlockRollsBackWhenItThrows() {
    assertThatThrownBy(
            () ->
                SqlAssist.useUnit(
                    db -> {
                      db.writer().persist(new Book("Emma"));
                      throw new SoldOutException();
                    }))
        .isInstanceOf(SoldOutException.class);

    assertThat(Shop.titles()).isEmpty();
  }

  @Test
  void anOpenUnitIsEndedByItsCaller() {
    // tag::open-unit[]
    try (DbSessionsContainer db = SqlAssist.openUnit()) {
      db.writer().persist(new Book("Emma"));
      db.commit();
      db.writer().persist(new Book("Persuasion"));
    } // close() without a commit: only "Emma" stays
    // end::open-unit[]

    assertThat(Shop.titles()).containsExactly("Emma");
  }

  @Test
  void afterACommitTheSameSessionGoesOnInANewTransaction() {
    SqlAssist.useUnit(
        db -> {
          // tag::commit-in-the-middle[]
          Session writer = db.writer();
          writer.persist(new Book("Emma"));
          CommitReport report = db.commit(); // {writer=COMMITTED}

          writer.persist(new Book("Persuasion")); // the same session, a new transaction
          db.rollback(); // takes back "Persuasion", not "Emma"
          // end::commit-in-the-middle[]
          assertThat(report).hasToString("[writer=COMMITTED]");
          assertThat(db.writer()).isSameAs(writer);
        });

    assertThat(Shop.titles()).containsExactly("Emma");
  }

  @Test
  void aUnitInsideOfAUnitIsItsOwn() {
    // tag::nested[]
    SqlAssist.useUnit(
        outer -> {
          outer.writer().persist(new Book("Emma"));
          SqlAssist.useUnit(inner -> inner.writer().persist(new Book("Persuasion")));
          // "Persuasion" is committed here, whatever becomes of "Emma"
          outer.doom();
        });
    // end::nested[]

    assertThat(Shop.titles()).containsExactly("Persuasion");
  }

  @Test
  void oneEngineIsCommittedAndTheOthersAreNot() {
    SqlAssist.useUnit(
        db -> {
          db.writer().persist(new Book("Emma"));
          db.session("ledger").persist(new Booking("order 1"));
          // tag::one-engine[]
          db.on("ledger").commit(); // this engine now, the others at the end
          db.on("writer").rollback(); // takes back what the writer has done so far
          db.on("writer").close(); // rolls back, and gives the connection back early
          // end::one-engine[]
        });

    assertThat(Shop.titles()).isEmpty();
    assertThat(Shop.bookings()).containsExactly("order 1");
  }

  @Test
  void aStatelessSessionSharesTheTransaction() {
    SqlAssist.useUnit(
        db -> {
          // tag::stateless[]
          db.writer().persist(new Book("Emma"));
          db.writer().flush();

          StatelessSession bulk = db.on("writer").statelessSession();
          bulk.insert(new Book("Persuasion"));
          // one connection, one transaction: both books or none
          // end::stateless[]
          assertThat(Shop.activeConnections()).isEqualTo(1);
          db.doom();
        });

    assertThat(Shop.titles()).isEmpty();
  }

  @Test
  void anyReadsWithWhatIsOpenAlready() {
    SqlAssist.useUnit(
        db -> {
          db.writer().persist(new Book("Emma"));
          // tag::any[]
          List<String> titles =
              db.any().createSelectionQuery("select title from Book", String.class).list();
          // end::any[]
          assertThat(titles).containsExactly("Emma");
          assertThat(db.any()).isSameAs(db.writer());
          assertThat(db.isOpen("reader")).isFalse();
        });
  }

  @Test
  void statusesTellWhatWasUsed() {
    SqlAssist.useUnit(
        db -> {
          // tag::statuses[]
          db.reader().find(Book.class, 1L);
          Map<String, EngineStatus> statuses = db.statuses();
          // {writer=INIT, reader=START, logger=INIT, ledger=INIT}
          // end::statuses[]
          assertThat(statuses).hasToString("{writer=INIT, reader=START, logger=INIT, ledger=INIT}");
        });
  }

  @Test
  void theCurrentUnitNeedsNoParameter() {
    SqlAssist.useUnit(db -> db.writer().persist(new Book("Ema")));
    // tag::current-use[]
    SqlAssist.useUnit(db -> rename("Ema", "Emma"));
    // end::current-use[]

    assertThat(Shop.titles()).containsExactly("Emma");
    assertThatThrownBy(() -> rename("Emma", "Ema")).isInstanceOf(NoCurrentUnitException.class);
  }

  // tag::current[]
  static void rename(String from, String to) {
    SqlAssist.current()
        .writer()
        .createSelectionQuery("from Book where title = :title", Book.class)
        .setParameter("title", from)
        .getSingleResult()
        .rename(to);
  }

  // end::current[]

  @Test
  void theLoggerKeepsWhatItWroteWhenTheUnitFails() {
    assertThatThrownBy(
            () -> {
              // tag::logger[]
              SqlAssist.useUnit(
                  db -> {
                    db.logger().persist(new AuditLine("order of Emma")); // durable at once
                    db.writer().persist(new Book("Emma")); // rolled back
                    throw new SoldOutException();
                  });
              // end::logger[]
            })
        .isInstanceOf(SoldOutException.class);

    assertThat(Shop.titles()).isEmpty();
    assertThat(Shop.audit()).containsExactly("order of Emma");
  }

  @Test
  void theReaderRefusesAWrite() {
    assertThatThrownBy(
            () -> {
              // tag::reader-refuses[]
              SqlAssist.useUnit(db -> db.reader().persist(new Book("Emma")));
              // end::reader-refuses[]
            })
        .isInstanceOf(ReadOnlyEngineException.class)
        .hasMessage(
            "Engine 'reader' is read-only: persist of io.sqlassist.docs.Book was refused and did"
                + " not reach the database. Use a read-write engine, such as writer().");
  }

  @Test
  void aCaughtViolationDoesNotCommit() {
    SqlAssist.useUnit(db -> db.writer().persist(new Book("Emma")));
    assertThatThrownBy(
            () -> {
              // tag::caught-violation[]
              SqlAssist.useUnit(
                  db -> {
                    db.writer().persist(new Book("Persuasion"));
                    try {
                      db.writer().persist(new Book("Emma"));
                      db.writer().flush();
                    } catch (ConstraintViolationException e) {
                      // thought to be harmless
                    }
                  }); // RollbackException: marked rollback-only
              // end::caught-violation[]
            })
        .isInstanceOf(RollbackException.class)
        .hasMessageContaining("marked rollback-only");

    assertThat(Shop.titles()).containsExactly("Emma");
  }

  @Test
  void aTryInAUnitOfItsOwnMayFailWithoutHarm() {
    SqlAssist.useUnit(db -> db.writer().persist(new Book("Emma")));
    // tag::violation-in-own-unit[]
    SqlAssist.useUnit(
        db -> {
          db.writer().persist(new Book("Persuasion"));
          try {
            SqlAssist.useUnit(own -> own.writer().persist(new Book("Emma")));
          } catch (ConstraintViolationException e) {
            // only the inner unit is rolled back
          }
        });
    // end::violation-in-own-unit[]

    assertThat(Shop.titles()).containsExactly("Emma", "Persuasion");
  }

  @Test
  void anAtomicBlockHasATransactionOfItsOwn() {
    SqlAssist.useUnit(
        db -> {
          // tag::atomic[]
          db.writer().persist(new Book("Emma"));
          long id =
              db.on("writer")
                  .atomic( // commits "Emma" first
                      session -> {
                        Book book = new Book("Persuasion");
                        session.persist(book);
                        return book.id();
                      }); // commits "Persuasion"
          // end::atomic[]
          assertThat(id).isPositive();
          db.doom();
        });

    assertThat(Shop.titles()).containsExactly("Emma", "Persuasion");
  }

  @Test
  void anAtomicBlockMayRefuseWorkUnderWay() {
    SqlAssist.useUnit(
        db -> {
          db.writer().persist(new Book("Emma"));
          assertThatThrownBy(
                  () -> {
                    // tag::atomic-refuse[]
                    db.on("writer")
                        .atomic(
                            WhenOpen.REFUSE,
                            session -> session.createMutationQuery("delete Book").executeUpdate());
                    // end::atomic-refuse[]
                  })
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("has work under way that is not committed");
        });

    assertThat(Shop.titles()).containsExactly("Emma");
  }

  @Test
  void anAtomicBlockMayBeRepeatedAfterAConflict() {
    SqlAssist.useUnit(
        db -> {
          // tag::retries[]
          long id =
              db.on("writer")
                  .isolation(Isolation.SERIALIZABLE)
                  .retries(3)
                  .timeout(Duration.ofSeconds(10))
                  .atomic(session -> store(session, "Emma"));
          // end::retries[]
          assertThat(id).isPositive();
        });

    assertThat(conflicts).hasValue(2);
    assertThat(Shop.titles()).containsExactly("Emma");
  }

  private final AtomicInteger conflicts = new AtomicInteger();

  private long store(Session session, String title) {
    Book book = new Book(title);
    session.persist(book);
    session.flush();
    if (conflicts.incrementAndGet() == 1) {
      throw new OptimisticLockException("somebody was quicker");
    }
    return book.id();
  }

  @Test
  void aSavepointBlockFailsAlone() {
    SqlAssist.useUnit(db -> db.writer().persist(new Book("Emma")));
    // tag::savepoint[]
    SqlAssist.useUnit(
        db -> {
          db.writer().persist(new Book("Persuasion"));
          try {
            db.on("writer")
                .savepoint(
                    session -> {
                      session.persist(new Book("Emma"));
                      session.flush(); // the duplicate is found here
                      return null;
                    });
          } catch (ConstraintViolationException e) {
            // only the block is rolled back
          }
        });
    // end::savepoint[]

    assertThat(Shop.titles()).containsExactly("Emma", "Persuasion");
  }

  @Test
  void hooksRunAtTheEnds() {
    List<String> mails = new ArrayList<>();
    // tag::hooks[]
    SqlAssist.useUnit(
        db -> {
          db.writer().persist(new Book("Emma"));
          db.beforeCommit(() -> db.writer().persist(new AuditLine("stock changed")));
          db.afterCommit(report -> mails.add("Emma is in stock"));
          db.afterRollback(cause -> mails.add("never mind"));
        });
    // end::hooks[]

    assertThat(mails).containsExactly("Emma is in stock");
    assertThat(Shop.stored("writer", "select text from AuditLine"))
        .containsExactly("stock changed");
  }

  @Test
  void hooksOfARegistryRunForEveryUnit() {
    AtomicBoolean closed = new AtomicBoolean(true);
    // tag::registry-hooks[]
    SqlAssist.registry()
        .hooks(
            new UnitHooks() {
              @Override
              public void beforeCommit(Map<String, Session> sessions) {
                if (closed.get() && sessions.containsKey("writer")) {
                  throw new IllegalStateException("The shop is closed for the night.");
                }
              }
            });
    // end::registry-hooks[]

    assertThatThrownBy(() -> SqlAssist.useUnit(db -> db.writer().persist(new Book("Emma"))))
        .isInstanceOf(IllegalStateException.class);
    assertThat(Shop.titles()).isEmpty();
    closed.set(false);
    SqlAssist.useUnit(db -> db.writer().persist(new Book("Emma")));
    assertThat(Shop.titles()).containsExactly("Emma");
  }

  // tag::join-unit[]
  static void addBook(String title) {
    SqlAssist.joinUnit(
        db -> {
          db.writer().persist(new Book(title));
          return title;
        });
  }

  // end::join-unit[]

  @Test
  void joinedWorkIsItsOwnersToEnd() {
    addBook("Emma"); // in a unit of its own
    SqlAssist.useUnit(
        db -> {
          addBook("Persuasion"); // in this one
          db.doom();
        });

    assertThat(Shop.titles()).containsExactly("Emma");
  }

  @Test
  void wrappedWorkFindsTheUnitOnAnotherThread() {
    SqlAssist.useUnit(db -> db.writer().persist(new Book("Ema")));
    // tag::wrap[]
    SqlAssist.useUnit(
        db -> CompletableFuture.runAsync(db.wrap(() -> rename("Ema", "Emma"))).join());
    // end::wrap[]

    assertThat(Shop.titles()).containsExactly("Emma");
  }

  @Test
  void aSessionAndAnEntityTellWhereTheyBelong() {
    SqlAssist.useUnit(
        db -> {
          Session session = db.writer();
          Book book = new Book("Emma");
          session.persist(book);
          // tag::owner[]
          Optional<DbSessionsContainer> unit = DbSessionsContainer.of(session);
          Optional<Session> manager = db.sessionOf(book);
          // end::owner[]
          assertThat(unit).containsSame(db);
          assertThat(manager).containsSame(session);
        });
  }

  @Test
  void aUnitThatHasEndedRefuses() {
    DbSessionsContainer kept = SqlAssist.inUnit(db -> db);

    assertThatThrownBy(kept::writer)
        .isInstanceOf(UnitEndedException.class)
        .hasMessageContaining("has ended: its sessions are closed");
  }

  @Test
  void anUnknownEngineListsTheKnownOnes() {
    assertThatThrownBy(() -> SqlAssist.useUnit(db -> db.session("wirter")))
        .isInstanceOf(UnknownEngineException.class)
        .hasMessage("There is no engine 'wirter'. Known engines: writer, reader, logger, ledger.");
  }

  @Test
  void aUnitMayBeHandedOverButNotShared() throws Exception {
    // tag::hand-over[]
    SqlAssist.useUnit(
        db -> {
          db.writer().persist(new Book("Emma"));
          CompletableFuture.runAsync(() -> db.writer().persist(new Book("Persuasion"))).join();
        }); // two threads, one after the other: fine
    // end::hand-over[]

    assertThat(Shop.titles()).containsExactly("Emma", "Persuasion");
    assertThat(refusalOfASecondThread()).isInstanceOf(ConcurrentUnitException.class);
  }

  private static Throwable refusalOfASecondThread() throws InterruptedException {
    CompletableFuture<Void> other = new CompletableFuture<>();
    SqlAssist.useUnit(
        db -> {
          Book book = new Book("Mansfield Park");
          db.writer().persist(book);
          db.writer()
              .addEventListeners(
                  new SessionEventListener() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public void flushStart() {
                      useInAnotherThread(db, other);
                    }
                  });
          db.writer().flush();
          db.doom();
        });
    try {
      other.get();
      throw new AssertionError("not refused");
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }

  private static void useInAnotherThread(DbSessionsContainer db, CompletableFuture<Void> result) {
    Thread thread =
        new Thread(
            () -> {
              try {
                db.reader();
                result.complete(null);
              } catch (RuntimeException e) {
                result.completeExceptionally(e);
              }
            });
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
