package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineBusyException;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.fixture.EngineTests;
import io.sqlassist.fixture.Eventually;
import io.sqlassist.fixture.Held;
import io.sqlassist.fixture.NewThreads;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.transaction.CommitReport;
import io.sqlassist.transaction.UnitHooks;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConcurrentlyTest extends EngineTests {

  private final ExecutorService caller =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "caller"));

  private final NewThreads newThreads = new NewThreads();

  ConcurrentlyTest() {
    super(DatabaseKind.H2);
  }

  @AfterEach
  void stopCaller() throws InterruptedException {
    caller.shutdownNow();
    assertThat(caller.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  private static <T> List<UnitFunction<T, RuntimeException>> times(
      int count, UnitFunction<T, RuntimeException> piece) {
    return Collections.nCopies(count, piece);
  }

  private static UnitFunction<String, RuntimeException> persisting(String isbn) {
    return db -> {
      db.writer().persist(new Novel(isbn));
      return isbn;
    };
  }

  /** Meets the others there, which all must be running at that moment. */
  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await(60, TimeUnit.SECONDS);
    } catch (BrokenBarrierException | java.util.concurrent.TimeoutException e) {
      throw new AssertionError("the others did not come", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody may interrupt it here", e);
    }
  }

  /** Uses the unit again and again, until that is refused. */
  private static String useForEver(DbSessionsContainer db) {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (System.nanoTime() < deadline) {
      db.reader().createNativeQuery("select 1", Integer.class).getSingleResult();
    }
    throw new AssertionError("nobody stopped it");
  }

  // What it does

  @Test
  void resultsComeInTheOrderOfTheWorkAndMayBeNull() {
    CountDownLatch second = new CountDownLatch(1);
    List<UnitFunction<String, RuntimeException>> work =
        List.of(
            db -> {
              await(second);
              return "first";
            },
            db -> {
              second.countDown();
              return null;
            },
            db -> "third");

    List<String> results = inUnit(db -> db.concurrently(work));

    assertThat(results).containsExactly("first", null, "third");
    assertThatThrownBy(() -> results.set(0, "other"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void lambdasNeedNoTypesOfTheirOwn() {
    List<Object> results =
        inUnit(
            db ->
                db.concurrently(
                    List.of(piece -> piece.any().isOpen(), piece -> piece.statuses().size())));

    assertThat(results).containsExactly(true, 4);
  }

  @Test
  void eachPieceHasAUnitOfItsOwnWhichIsTheCurrentOneOfItsThread() {
    ConcurrentLinkedQueue<Thread> threads = new ConcurrentLinkedQueue<>();
    CyclicBarrier all = new CyclicBarrier(4);
    useUnit(
        outer -> {
          List<Session> sessions =
              outer.concurrently(
                  times(
                      4,
                      db -> {
                        meet(all);
                        threads.add(Thread.currentThread());
                        assertThat(Units.current()).isSameAs(db).isNotSameAs(outer);
                        assertThat(DbSessionsContainer.of(db.writer())).containsSame(db);
                        return db.writer();
                      }));
          assertThat(sessions).doesNotHaveDuplicates().doesNotContain(outer.writer());
          assertThat(sessions).noneMatch(Session::isOpen);
          assertThat(threads).doesNotHaveDuplicates().doesNotContain(Thread.currentThread());
          assertThat(Units.current()).isSameAs(outer);
        });
  }

  @Test
  void aPieceCommitsWhenItReturnsWhateverBecomesOfTheOuterUnit() {
    useUnit(
        outer -> {
          outer.writer().persist(new Novel("outer"));
          outer.concurrently(List.of(persisting("one"), persisting("two")));
          assertThat(engines.isbns("writer")).containsExactlyInAnyOrder("one", "two");
          outer.doom();
        });

    assertThat(engines.isbns("writer")).containsExactlyInAnyOrder("one", "two");
  }

  @Test
  void theSessionsOfTheOuterUnitAreUntouched() {
    useUnit(
        outer -> {
          Novel managed = new Novel("outer");
          Session writer = outer.writer();
          writer.persist(managed);
          writer.flush();
          assertThat(engines.activeConnections("writer")).isEqualTo(1);

          outer.concurrently(times(6, db -> db.writer().find(Novel.class, 1L)));

          assertThat(outer.writer()).isSameAs(writer);
          assertThat(writer.contains(managed)).isTrue();
          assertThat(engines.activeConnections("writer")).isEqualTo(1);
          managed.setStock(3);
        });

    assertThat(engines.stock("writer", "outer")).isEqualTo(3);
  }

  @Test
  void aPieceThatUsesTheOuterUnitIsRefused() {
    useUnit(
        outer -> {
          Session writer = outer.writer();
          assertThatThrownBy(() -> outer.concurrently(List.of(db -> outer.session("ledger"))))
              .isInstanceOf(ConcurrentUnitException.class)
              .hasMessageContaining(Thread.currentThread().getName());
          assertThatThrownBy(
                  () ->
                      outer.concurrently(
                          List.of(
                              db ->
                                  writer
                                      .createSelectionQuery("from Novel", Novel.class)
                                      .getResultList())))
              .isInstanceOf(ConcurrentUnitException.class);
          assertThatThrownBy(
                  () -> outer.concurrently(List.of(db -> outer.concurrently(List.of(x -> 1)))))
              .isInstanceOf(ConcurrentUnitException.class);
        });
  }

  @Test
  void aPieceKnowsTheRequestOfTheOuterUnitAndIsNamedAfterIt() {
    Object request = new Object();
    UnitOrigin origin =
        new UnitOrigin() {
          @Override
          public String label() {
            return "GET /report";
          }

          @Override
          public Optional<Object> attribute(String name) {
            return name.equals("request") ? Optional.of(request) : Optional.empty();
          }
        };
    try (DbSessionsContainer outer = new DbSessionsContainer(engines.registry(), origin)) {
      assertThat(
              outer.concurrently(
                  times(
                      2,
                      db -> {
                        db.reader();
                        return db.attribute("request");
                      })))
          .containsOnly(Optional.of(request));
    }
    assertThat(engines.observer().units())
        .extracting(unit -> unit.label())
        .containsExactlyInAnyOrder("GET /report (1 of 2)", "GET /report (2 of 2)");
  }

  @Test
  void aPieceIsForTheTenantOfTheOuterUnitOnceThatIsKnown() {
    Thread asking = Thread.currentThread();
    UnitOrigin origin =
        new UnitOrigin() {
          @Override
          public String label() {
            return "GET /report";
          }

          @Override
          public Optional<Object> attribute(String name) {
            return Thread.currentThread() == asking ? Optional.of("acme") : Optional.empty();
          }
        };
    try (DbSessionsContainer outer = new DbSessionsContainer(engines.registry(), origin)) {
      assertThat(outer.tenant()).contains("acme");
      assertThat(outer.concurrently(times(2, DbSessionsContainer::tenant)))
          .containsOnly(Optional.of("acme"));
    }
  }

  @Test
  void aPieceIsRefusedWhereItsOuterUnitWouldBe() {
    UnitOrigin origin =
        new UnitOrigin() {
          @Override
          public String label() {
            return "events";
          }

          @Override
          public void beforeOpening() {
            throw new IllegalStateException("not while events are streamed");
          }
        };
    try (DbSessionsContainer outer = new DbSessionsContainer(engines.registry(), origin)) {
      assertThatThrownBy(() -> outer.concurrently(List.of(DbSessionsContainer::reader)))
          .hasMessage("not while events are streamed");
    }
  }

  @Test
  void theHooksOfTheRegistryRunForEachPiece() {
    AtomicInteger committed = new AtomicInteger();
    AtomicInteger rolledBack = new AtomicInteger();
    try (TestEngines own = TestEngines.fresh(kind)) {
      own.registry()
          .hooks(
              new UnitHooks() {
                @Override
                public void afterCommit(CommitReport report) {
                  committed.incrementAndGet();
                }

                @Override
                public void afterRollback(Throwable cause) {
                  rolledBack.incrementAndGet();
                }
              });
      try (DbSessionsContainer outer = own.unit()) {
        outer.concurrently(List.of(persisting("a"), persisting("b"), persisting("c")));
      }
    }
    assertThat(committed).hasValue(3);
    assertThat(rolledBack).as("the outer one, closed without a commit").hasValue(1);
  }

  @Test
  void aDoomedPieceIsRolledBackAndReturns() {
    List<String> results =
        inUnit(
            outer ->
                outer.concurrently(
                    List.of(
                        persisting("kept"),
                        db -> {
                          db.writer().persist(new Novel("doomed"));
                          db.doom();
                          return "returned";
                        })));

    assertThat(results).containsExactly("kept", "returned");
    assertThat(engines.isbns("writer")).containsExactly("kept");
  }

  @Test
  void noWorkNeedsNoThread() {
    try (DbSessionsContainer outer = engines.unit()) {
      assertThat(outer.concurrently(List.of())).isEmpty();
    }
    assertThat(events()).isEmpty();
  }

  @Test
  void aMissingPieceIsRefusedBeforeAnythingBegins() {
    AtomicBoolean begun = new AtomicBoolean();
    useUnit(
        outer ->
            assertThatThrownBy(
                    () ->
                        outer.concurrently(
                            Arrays.asList(
                                db -> {
                                  begun.set(true);
                                  return 1;
                                },
                                null)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("index 1"));

    assertThat(begun).isFalse();
  }

  @Test
  void anEndedUnitIsRefused() {
    DbSessionsContainer outer = engines.unit();
    outer.close();

    assertThatThrownBy(() -> outer.concurrently(List.of(db -> 1)))
        .isInstanceOf(UnitEndedException.class);
    assertThatThrownBy(() -> outer.concurrently(List.of())).isInstanceOf(UnitEndedException.class);
  }

  // Failure

  @Test
  void aCheckedExceptionReachesTheCallerItself() {
    IOException thrown = new IOException("no paper");
    List<UnitFunction<String, IOException>> work =
        List.of(
            db -> {
              db.writer().persist(new Novel("lost"));
              db.writer().flush();
              throw thrown;
            });
    try (DbSessionsContainer outer = engines.unit()) {
      outer.concurrently(work);
      throw new AssertionError("did not throw");
    } catch (IOException e) {
      assertThat(e).isSameAs(thrown);
    }
    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void anErrorReachesTheCallerItself() {
    Error thrown = new LinkageError("wrong jar");
    useUnit(
        outer ->
            assertThatThrownBy(
                    () ->
                        outer.concurrently(
                            List.of(
                                db -> {
                                  throw thrown;
                                })))
                .isSameAs(thrown));
  }

  @Test
  void theFirstFailureCarriesTheOthers() {
    CyclicBarrier both = new CyclicBarrier(2);
    RuntimeException first = new IllegalStateException("first");
    RuntimeException second = new IllegalStateException("second");
    useUnit(
        outer ->
            assertThatThrownBy(
                    () ->
                        outer.concurrently(
                            List.of(
                                db -> {
                                  meet(both);
                                  throw first;
                                },
                                db -> {
                                  meet(both);
                                  assertThatThrownBy(() -> useForEver(db))
                                      .isInstanceOf(CancellationException.class);
                                  throw second;
                                })))
                .isSameAs(first));

    assertThat(first.getSuppressed()).containsExactly(second);
  }

  @Test
  void theSameExceptionOfAllPiecesIsThrownOnce() {
    RuntimeException thrown = new IllegalStateException("shared");
    CyclicBarrier both = new CyclicBarrier(2);
    useUnit(
        outer ->
            assertThatThrownBy(
                    () ->
                        outer.concurrently(
                            times(
                                2,
                                db -> {
                                  meet(both);
                                  throw thrown;
                                })))
                .isSameAs(thrown)
                .hasNoSuppressedExceptions());
  }

  @Test
  void afterAFailureNothingMoreBegins() {
    AtomicInteger begun = new AtomicInteger();
    List<UnitFunction<Integer, RuntimeException>> work = new ArrayList<>();
    work.add(
        db -> {
          throw new IllegalStateException("first");
        });
    work.addAll(
        times(
            1000,
            db -> {
              begun.incrementAndGet();
              useForEver(db);
              return 1;
            }));
    useUnit(
        outer -> assertThatThrownBy(() -> outer.concurrently(work)).hasMessageContaining("first"));

    assertThat(begun.get()).isLessThanOrEqualTo(4);
  }

  @Test
  void whatHadCommittedStaysAndTheRestIsRolledBack() {
    Session[] cancelled = new Session[1];
    CountDownLatch committed = new CountDownLatch(1);
    CyclicBarrier both = new CyclicBarrier(2);
    useUnit(
        outer ->
            assertThatThrownBy(
                    () ->
                        outer.concurrently(
                            List.of(
                                db -> {
                                  db.onClose(committed::countDown);
                                  db.writer().persist(new Novel("committed"));
                                  return 1;
                                },
                                db -> {
                                  await(committed);
                                  db.writer().persist(new Novel("cancelled"));
                                  db.writer().flush();
                                  cancelled[0] = db.writer();
                                  meet(both);
                                  useForEver(db);
                                  return 2;
                                },
                                db -> {
                                  meet(both);
                                  throw new IllegalStateException("third");
                                })))
                .hasMessage("third"));

    assertThat(engines.isbns("writer")).containsExactly("committed");
    assertThat(cancelled[0].isOpen()).isFalse();
  }

  @Test
  void aPieceThatIsReadyAfterTheFailureDoesNotCommit() {
    CountDownLatch failed = new CountDownLatch(1);
    AtomicReference<DbSessionsContainer> late = new AtomicReference<>();
    CyclicBarrier both = new CyclicBarrier(2);
    useUnit(
        outer ->
            assertThatThrownBy(
                    () ->
                        outer.concurrently(
                            List.of(
                                db -> {
                                  db.onClose(failed::countDown);
                                  meet(both);
                                  throw new IllegalStateException("first");
                                },
                                db -> {
                                  late.set(db);
                                  db.writer().persist(new Novel("late"));
                                  meet(both);
                                  await(failed);
                                  assertThatThrownBy(() -> useForEver(db))
                                      .isInstanceOf(CancellationException.class);
                                  return 2;
                                })))
                .hasMessage("first")
                .satisfies(
                    e ->
                        assertThat(e.getSuppressed())
                            .singleElement()
                            .isInstanceOf(CancellationException.class)));

    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void aFailedCommitOfAPieceIsAFailure() {
    engines.faults("writer").fail("commit");
    useUnit(
        outer ->
            assertThatThrownBy(() -> outer.concurrently(List.of(persisting("lost"))))
                .hasStackTraceContaining("provoked failure of commit"));

    engines.faults("writer").clear();
    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void aPieceThatWaitsForAConnectionIsCancelled() throws Exception {
    List<DbSessionsContainer> holders = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      DbSessionsContainer holder = engines.unit();
      holder.session("ledger").createNativeQuery("select 1", Integer.class).getSingleResult();
      holders.add(holder);
    }
    engines.pool("ledger").setConnectionTimeout(120_000);
    try {
      Future<?> call =
          caller.submit(
              () ->
                  useUnit(
                      outer ->
                          outer.concurrently(
                              List.of(
                                  db ->
                                      db.session("ledger")
                                          .createNativeQuery("select 1", Integer.class)
                                          .getSingleResult(),
                                  db -> {
                                    awaitWaiting("ledger", 1);
                                    throw new IllegalStateException("second");
                                  }))));
      assertThatThrownBy(() -> get(call)).hasRootCauseMessage("second");
    } finally {
      engines.pool("ledger").setConnectionTimeout(60_000);
      holders.forEach(DbSessionsContainer::close);
    }
  }

  private void awaitWaiting(String engine, int threads) {
    Eventually.until(
        "somebody waits",
        () -> engines.registry().engine(engine).pool().orElseThrow().waiting() >= threads);
  }

  // The end of the caller, and of its unit

  @Test
  void anInterruptOfTheCallerCancelsAllAndIsKept() throws Exception {
    CyclicBarrier begun = new CyclicBarrier(3);
    AtomicReference<Thread> thread = new AtomicReference<>();
    AtomicBoolean flag = new AtomicBoolean();
    Future<Throwable> call =
        caller.submit(
            () -> {
              thread.set(Thread.currentThread());
              Throwable failure =
                  catchThrowable(
                      () ->
                          useUnit(
                              outer ->
                                  outer.concurrently(
                                      times(
                                          2,
                                          db -> {
                                            db.writer().persist(new Novel("" + db));
                                            meet(begun);
                                            return useForEver(db);
                                          }))));
              flag.set(Thread.interrupted());
              return failure;
            });
    meet(begun);
    thread.get().interrupt();

    Throwable failure = get(call);
    assertThat(failure)
        .isInstanceOf(CancellationException.class)
        .hasMessageContaining("'caller' was interrupted");
    assertThat(failure.getSuppressed()).hasSize(2);
    assertThat(flag).isTrue();
    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void anInterruptedCallerStartsNothing() throws Exception {
    AtomicBoolean begun = new AtomicBoolean();
    Future<?> call =
        caller.submit(
            () ->
                useUnit(
                    outer -> {
                      Thread.currentThread().interrupt();
                      assertThatThrownBy(
                              () ->
                                  outer.concurrently(
                                      List.of(
                                          db -> {
                                            begun.set(true);
                                            return 1;
                                          })))
                          .isInstanceOf(CancellationException.class);
                      assertThat(Thread.interrupted()).isTrue();
                    }));
    get(call);

    assertThat(begun).isFalse();
  }

  @Test
  void theTimeLimitOfTheOuterUnitEndsThePieces() {
    AtomicInteger begun = new AtomicInteger(); // when the time is over, perhaps not yet all
    try (DbSessionsContainer outer = engines.unit()) {
      outer.timeout(Duration.ofMillis(200));

      assertThatThrownBy(
              () ->
                  outer.concurrently(
                      times(
                          3,
                          db -> {
                            begun.incrementAndGet();
                            return useForEver(db);
                          })))
          .isInstanceOf(UnitTimeoutException.class)
          .satisfies(e -> assertThat(e.getSuppressed()).hasSizeBetween(begun.get(), 3));
    }
  }

  @Test
  void theTimeLimitOfABlockAroundEndsThePieces() {
    useUnit(
        outer -> {
          assertThatThrownBy(
                  () ->
                      outer
                          .on("writer")
                          .timeout(Duration.ofMillis(200))
                          .atomic(
                              session ->
                                  outer.concurrently(times(3, ConcurrentlyTest::useForEver))))
              .isInstanceOf(UnitTimeoutException.class);
          outer.writer().persist(new Novel("afterwards"));
        });

    assertThat(engines.isbns("writer")).containsExactly("afterwards");
  }

  @Test
  void theEndOfTheOuterUnitByAnotherThreadEndsThePieces() throws Exception {
    CyclicBarrier begun = new CyclicBarrier(4);
    DbSessionsContainer outer = engines.unit();
    Future<?> call =
        caller.submit(
            () ->
                outer.concurrently(
                    times(
                        3,
                        db -> {
                          meet(begun);
                          return useForEver(db);
                        })));
    meet(begun);

    outer.close();

    assertThatThrownBy(() -> get(call)).hasCauseInstanceOf(UnitEndedException.class);
  }

  @Test
  void piecesInsideOfPiecesAreCancelledWithThem() {
    CyclicBarrier begun = new CyclicBarrier(3);
    AtomicInteger stopped = new AtomicInteger();
    useUnit(
        outer ->
            assertThatThrownBy(
                    () ->
                        outer.concurrently(
                            List.of(
                                db ->
                                    db.concurrently(
                                        times(
                                            2,
                                            inner -> {
                                              meet(begun);
                                              try {
                                                return useForEver(inner);
                                              } finally {
                                                stopped.incrementAndGet();
                                              }
                                            })),
                                db -> {
                                  meet(begun);
                                  throw new IllegalStateException("second");
                                })))
                .hasMessage("second"));

    assertThat(stopped).hasValue(2);
  }

  // How many at once

  private static int mostAtOnce(DbSessionsContainer outer, int expected) {
    CyclicBarrier full = new CyclicBarrier(expected);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    outer.concurrently(
        times(
            expected * 3,
            db -> {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              meet(full);
              running.decrementAndGet();
              return 1;
            }));
    return most.get();
  }

  /** The limit itself: how many happen to run may be fewer. */
  private int piecesAtOnce() {
    return HeldConnections.of(CurrentUnit.all()).piecesAtOnce(engines.registry());
  }

  @Test
  void asManyRunAtOnceAsTheSmallestPoolHasConnections() {
    try (TestEngines own = TestEngines.none()) {
      own.add("writer", kind.fresh(), EngineKind.READ_WRITE, 5, config -> {});
      own.add("ledger", kind.fresh(), EngineKind.READ_WRITE, 3, config -> {});
      try (DbSessionsContainer outer = own.unit()) {
        assertThat(mostAtOnce(outer, 3)).isEqualTo(3);
      }
    }
  }

  @Test
  void theConnectionsOfTheUnitsAroundCountAsTaken() {
    useUnit(
        outermost -> {
          outermost.writer().persist(new Novel("held"));
          outermost.writer().flush();
          useUnit(
              outer -> {
                assertThat(piecesAtOnce()).isEqualTo(3);
                assertThat(mostAtOnce(outer, 3)).isEqualTo(3);
                outer.writer().persist(new Novel("held too"));
                outer.writer().flush();
                assertThat(piecesAtOnce()).isEqualTo(2);
                assertThat(mostAtOnce(outer, 2)).isEqualTo(2);
                assertThat(
                        outer.concurrently(
                            List.of(
                                db -> {
                                  db.writer().persist(new Novel("held as well"));
                                  db.writer().flush();
                                  return mostAtOnce(db, 1);
                                })))
                    .containsExactly(1);
              });
        });
  }

  @Test
  void fourRunAtOnceWhereNoPoolTellsItsSize() {
    try (TestEngines own = TestEngines.none();
        DbSessionsContainer outer = own.unit()) {
      assertThat(mostAtOnce(outer, 4)).isEqualTo(4);
    }
  }

  @Test
  void aUnitThatHoldsTheOnlyConnectionIsRefused() {
    try (TestEngines own = TestEngines.none()) {
      own.add("writer", kind.fresh(), EngineKind.READ_WRITE, 1, config -> {});
      try (DbSessionsContainer outer = own.unit()) {
        outer.writer().persist(new Novel("held"));
        outer.writer().flush();
        assertThatThrownBy(() -> outer.concurrently(List.of(persisting("never"))))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("all connections of engine 'writer'")
            .hasMessageContaining("Commit or roll back before the call");

        outer.commit();
        outer.concurrently(List.of(persisting("now")));
      }
      assertThat(own.isbns("writer")).containsExactly("held", "now");
    }
  }

  @Test
  void theWaitingUnitThatWouldHoldTheLastConnectionIsRefusedAtOnce() throws Exception {
    try (TestEngines own = TestEngines.none()) {
      own.add("writer", kind.fresh(), EngineKind.READ_WRITE, 2, config -> {});
      Held piece = new Held();
      Future<?> waiting =
          caller.submit(
              () -> {
                try (DbSessionsContainer first = own.unit()) {
                  first.writer().persist(new Novel("first"));
                  first.writer().flush();
                  first.concurrently(
                      List.of(
                          db -> {
                            piece.arriveAndWait();
                            return 1;
                          }));
                }
              });
      piece.awaitArrival();
      try (DbSessionsContainer second = own.unit()) {
        second.writer().persist(new Novel("second"));
        second.writer().flush();
        assertThatThrownBy(() -> second.concurrently(List.of(persisting("never"))))
            .isInstanceOf(EngineBusyException.class)
            .hasMessageContaining("'writer'")
            .hasMessageContaining("wait in concurrently(...)");
        piece.release();
        get(waiting);

        second.concurrently(List.of(persisting("now")));
        assertThat(own.isbns("writer")).containsExactly("now");
      }
    }
  }

  @Test
  void aRefusedOrFailedCallCountsNoLonger() {
    try (TestEngines own = TestEngines.none()) {
      own.add("writer", kind.fresh(), EngineKind.READ_WRITE, 2, config -> {});
      try (DbSessionsContainer outer = own.unit()) {
        outer.writer().persist(new Novel("held"));
        outer.writer().flush();
        for (int i = 0; i < 3; i++) {
          assertThatThrownBy(
                  () ->
                      outer.concurrently(
                          List.of(
                              db -> {
                                throw new IllegalStateException("piece");
                              })))
              .hasMessage("piece");
        }
        // holds one already as a waiting unit, and one more as a piece that waits
        assertThatThrownBy(
                () ->
                    outer.concurrently(
                        List.of(
                            db -> {
                              db.writer().persist(new Novel("piece"));
                              db.writer().flush();
                              return db.concurrently(List.of(persisting("never")));
                            })))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("with those it is inside of");
        assertThat(outer.concurrently(List.of(persisting("now")))).containsExactly("now");
      }
    }
  }

  @Test
  void hundredCallsOnASmallPoolAllComeThrough() throws Exception {
    int calls = 100;
    int pieces = 20;
    try (TestEngines own = TestEngines.none()) {
      own.add("writer", kind.fresh(), EngineKind.READ_WRITE, 4, config -> {});
      own.pool("writer").setConnectionTimeout(300_000);
      AtomicInteger refused = new AtomicInteger();
      ExecutorService callers = Executors.newFixedThreadPool(calls);
      try {
        List<Future<?>> all = new ArrayList<>();
        for (int call = 0; call < calls; call++) {
          int number = call;
          all.add(callers.submit(() -> callUntilAdmitted(own, number, pieces, refused)));
        }
        for (Future<?> each : all) {
          each.get(5, TimeUnit.MINUTES);
        }
      } finally {
        callers.shutdownNow();
      }
      assertThat(own.isbns("writer")).hasSize(calls * pieces + calls / 2).doesNotHaveDuplicates();
      own.assertConnectionsAreBackAndClean();
      awaitNoPieceThread();
    }
  }

  /** Every second one holds a connection while it waits, and tries again when it is refused. */
  private static void callUntilAdmitted(
      TestEngines own, int number, int pieces, AtomicInteger refused) {
    List<UnitFunction<String, RuntimeException>> work =
        IntStream.range(0, pieces)
            .<UnitFunction<String, RuntimeException>>mapToObj(
                i ->
                    db -> {
                      db.writer().persist(new Novel("piece " + number + "." + i));
                      return "";
                    })
            .toList();
    while (true) {
      try {
        Units.useUnit(
            own.registry(),
            outer -> {
              if (number % 2 == 0) {
                outer.writer().persist(new Novel("outer " + number));
                outer.writer().flush();
              }
              outer.concurrently(work);
            });
        assertThat(Units.findCurrent()).isEmpty();
        return;
      } catch (EngineBusyException e) {
        refused.incrementAndGet();
      }
    }
  }

  // Threads

  private void awaitNoPieceThread() {
    newThreads.awaitNone("sqlassist-piece-");
  }

  @Test
  void noThreadIsLeftAndNothingIsCurrentOnTheNextPiece() {
    List<DbSessionsContainer> leaked = new CopyOnWriteArrayList<>();
    useUnit(
        outer -> {
          outer.concurrently(
              times(
                  8,
                  db -> {
                    db.close();
                    leaked.add(Units.openUnit(engines.registry()));
                    return 1;
                  }));
          assertThat(
                  outer.concurrently(
                      times(
                          8,
                          db -> {
                            db.close();
                            return Units.findCurrent();
                          })))
              .containsOnly(Optional.empty());
        });
    leaked.forEach(DbSessionsContainer::close);

    awaitNoPieceThread();
  }

  @Test
  void piecesHaveTheClassLoaderOfTheCallerAndNoThreadLocals() throws Exception {
    InheritableThreadLocal<String> inheritable = new InheritableThreadLocal<>();
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader own = new URLClassLoader(new URL[0], before)) {
      inheritable.set("of the caller");
      Thread.currentThread().setContextClassLoader(own);
      useUnit(
          outer -> {
            assertThat(outer.concurrently(times(4, db -> inheritable.get()))).containsOnlyNulls();
            assertThat(
                    outer.concurrently(
                        times(4, db -> Thread.currentThread().getContextClassLoader())))
                .containsOnly(own);
          });
    } finally {
      Thread.currentThread().setContextClassLoader(before);
      inheritable.remove();
    }
  }

  @Test
  void piecesRunOnVirtualThreadsWhereTheJvmHasThem() throws Exception {
    List<Boolean> virtual =
        inUnit(outer -> outer.concurrently(times(2, db -> isVirtual(Thread.currentThread()))));

    assertThat(virtual).containsOnly(Runtime.version().feature() >= 21);
  }

  private static boolean isVirtual(Thread thread) {
    try {
      return (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
    } catch (NoSuchMethodException e) {
      return false;
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
