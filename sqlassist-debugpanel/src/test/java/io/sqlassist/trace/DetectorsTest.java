package io.sqlassist.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bookshop.Author;
import bookshop.Shop;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import java.time.Duration;
import java.util.List;
import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DetectorsTest {

  private static Traced shop;

  @BeforeAll
  static void open() {
    shop = Traced.shop(DatabaseKind.H2);
    shop.unrecorded(db -> Shop.fill(db.writer(), 6, 2));
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  @Test
  void thresholdsAreThoseThatAreDocumented() {
    RecorderSettings settings = new Recorder().settings();

    assertThat(settings.slowStatementNanos()).isEqualTo(100_000_000);
    assertThat(settings.slowAcquireNanos()).isEqualTo(50_000_000);
    assertThat(settings.heldIdleNanos()).isEqualTo(100_000_000);
    assertThat(settings.largeResult()).isEqualTo(1_000);
    assertThat(settings.autoFlushes()).isEqualTo(10);
    assertThat(settings.requests()).isEqualTo(200);
    assertThat(settings.bytes()).isEqualTo(32 << 20);
    assertThat(settings.pinned()).isEqualTo(20);
    assertThat(settings.detailedStatements()).isEqualTo(500);
    assertThat(settings.listedStatements()).isEqualTo(5_000);
    assertThat(settings.frames()).isEqualTo(8);
  }

  @Test
  void threeLazyCollectionsAreNPlusOne() {
    Trace trace =
        shop.trace(
            db ->
                Shop.authors(db.reader()).stream()
                    .limit(3)
                    .forEach(each -> Hibernate.initialize(each.books())));

    assertThat(Traced.finding(trace, Detector.N_PLUS_ONE).count()).isEqualTo(3);
  }

  @Test
  void aConnectionThatIsHeldWithoutWorkIsFoundWithItsPlace() {
    try (Traced strict = Traced.shop(DatabaseKind.H2, cfg -> cfg.heldIdle(Duration.ofMillis(20)))) {
      Trace trace =
          strict.trace(
              db -> {
                long begin = System.nanoTime();
                Shop.authors(db.writer());
                long asked = System.nanoTime();
                // So long that the work is little beside it, even if a busy machine drags it out.
                long pause = Math.max(500_000_000, 20 * (asked - begin));
                while (System.nanoTime() - asked < pause) {
                  Thread.onSpinWait();
                }
              });

      Finding finding = Traced.finding(trace, Detector.CONNECTION_HELD_IDLE);
      assertThat(finding.engine()).isEqualTo("writer");
      assertThat(finding.costNanos()).isGreaterThan(200_000_000);
      assertThat(finding.frame()).isNotNull();
    }
  }

  @Test
  void lazyCollectionsOneByOneAreNPlusOne() {
    Trace trace = shop.trace(db -> Shop.countBooks(db.writer()));

    Finding finding = Traced.finding(trace, Detector.N_PLUS_ONE);
    assertThat(Traced.detectors(trace.findings())).containsExactly("n-plus-one");
    assertThat(finding.subject()).isEqualTo("Author.books");
    assertThat(finding.count()).isEqualTo(6);
    assertThat(finding.frame()).isNotNull();
    assertThat(finding.frame().method()).isEqualTo("countBooks");
    assertThat(finding.text())
        .matches("`Author.books` initialised 6 times, [0-9.]+ ms, from Shop.java:\\d+\\.");
  }

  @Test
  void lazyEntitiesOneByOneAreNPlusOne() {
    Trace trace = shop.trace(db -> Shop.lengthOfAuthorsNames(db.reader()));

    Finding finding = Traced.finding(trace, Detector.N_PLUS_ONE);
    assertThat(finding.subject()).isEqualTo("Author");
    assertThat(finding.count()).isEqualTo(6);
    assertThat(trace.statements().get(1).cause())
        .isEqualTo(new Cause(Cause.Kind.LAZY_ENTITY, "Author"));
  }

  @Test
  void fetchingTogetherIsNoFinding() {
    assertThat(shop.trace(db -> Shop.countBooksAtOnce(db.writer())).findings()).isEmpty();
  }

  @Test
  void twoLazyCollectionsAreNoFinding() {
    Trace trace =
        shop.trace(
            db -> {
              List<Author> authors = Shop.authors(db.reader());
              assertThat(authors.get(0).books()).hasSize(2);
              assertThat(authors.get(1).books()).hasSize(2);
            });

    assertThat(trace.statements()).hasSize(3);
    assertThat(trace.findings()).isEmpty();
  }

  @Test
  void queryInALoopIsARepeatedStatement() {
    Trace trace = shop.trace(db -> Shop.lookUpOneByOne(db.reader(), 5));

    Finding finding = Traced.finding(trace, Detector.REPEATED_STATEMENT);
    assertThat(finding.count()).isEqualTo(5);
    assertThat(finding.frame()).isNotNull();
    assertThat(finding.frame().method()).isEqualTo("lookUpOneByOne");
    assertThat(shop.trace(db -> Shop.lookUpOneByOne(db.reader(), 4)).findings()).isEmpty();
  }

  @Test
  void sameQuestionTwiceIsADuplicate() {
    Trace trace =
        shop.trace(
            db -> {
              Shop.named(db.writer(), "author 1");
              Shop.named(db.writer(), "author 1");
            });

    Finding finding = Traced.finding(trace, Detector.DUPLICATE_STATEMENT);
    assertThat(finding.count()).isEqualTo(1);
    assertThat(finding.statements()).containsExactly(1, 2);
    assertThat(trace.totals().duplicates()).isEqualTo(1);
  }

  @Test
  void sameQuestionAfterAWriteIsNoDuplicate() {
    Trace trace =
        shop.trace(
            db -> {
              Session session = db.writer();
              Author author = Shop.named(session, "author 1");
              author.rename("author 1 ");
              session.flush();
              Shop.named(session, "author 1");
              author.rename("author 1");
            });

    assertThat(trace.totals().duplicates()).isZero();
    assertThat(trace.findings()).isEmpty();
  }

  @Test
  void sameQuestionWithOtherValuesOrInAnotherTransactionIsNoDuplicate() {
    Trace trace =
        shop.trace(
            db -> {
              Shop.named(db.writer(), "author 1");
              Shop.named(db.writer(), "author 2");
              db.commit();
              Shop.named(db.writer(), "author 1");
              Shop.named(db.reader(), "author 1");
            });

    assertThat(trace.totals().duplicates()).isZero();
  }

  @Test
  void valuesOfSequencesClocksAndDiceAreNoDuplicates() {
    Trace trace =
        shop.trace(
            db -> {
              Shop.fill(db.writer(), 120, 0);
              for (String sql : List.of("select random_uuid()", "select now()")) {
                db.writer().createNativeQuery(sql, Object.class).getResultList();
                db.writer().createNativeQuery(sql, Object.class).getResultList();
              }
              db.doom();
            });

    assertThat(trace.statements())
        .filteredOn(each -> each.sql().contains("next value"))
        .hasSizeGreaterThan(1);
    assertThat(trace.totals().duplicates()).isZero();
  }

  @Test
  void onlyWhatAnswersAnewIsNoQuestion() {
    for (String sql :
        List.of(
            "select b.uuid, b.now, b.skip, identity from b where b.id = ?",
            "select b.current_time from b")) {
      assertThat(Driven.shape(sql).repeatable()).as(sql).isTrue();
    }
    for (String sql :
        List.of(
            "select now()",
            "select current_timestamp",
            "select next value for s",
            "select s.nextval from dual",
            "select nextval('s')",
            "select pg_advisory_lock(1)",
            "select id from job for update skip locked")) {
      assertThat(Driven.shape(sql).repeatable()).as(sql).isFalse();
    }
  }

  @Test
  void sameQuestionThroughAnotherEngineAfterAWriteIsNoDuplicate() {
    Trace trace =
        shop.trace(
            db -> {
              Shop.named(db.reader(), "author 1");
              Author author = Shop.named(db.writer(), "author 1");
              author.rename("author 1 ");
              db.writer().flush();
              Shop.named(db.reader(), "author 1"); // the old one
              author.rename("author 1");
              db.commit();
              Shop.named(db.reader(), "author 1"); // the new one
            });

    assertThat(trace.totals().duplicates()).isZero();
  }

  @Test
  void aWriteToAnotherDatabaseMakesNoDifference() {
    Trace trace =
        shop.trace(
            db -> {
              Shop.named(db.reader(), "author 1");
              db.session("audit").persist(new Author("elsewhere"));
              db.session("audit").flush();
              Shop.named(db.reader(), "author 1");
              db.doom();
            });

    assertThat(trace.totals().duplicates()).isEqualTo(1);
  }

  @Test
  void aSessionThatTheCacheAnsweredWasUsed() {
    Recorder recorder = new Recorder();
    Recording recording = recorder.begin("cached");
    Entries.OfSession session = recording.sessionOpened(null, "writer", "id");
    new RecordedSession(recorder, session).cacheGetEnd(true);
    recording.sessionClosed(session);

    assertThat(recording.finish().findings()).isEmpty();
  }

  @Test
  void slowStatementsSlowAcquisitionsAndIdleConnectionsAreFoundByTheirLimits() {
    try (Traced strict =
        Traced.shop(
            DatabaseKind.H2, cfg -> cfg.slowStatement(Duration.ZERO).slowAcquire(Duration.ZERO))) {
      Trace trace = strict.trace(db -> Shop.authors(db.reader()));

      assertThat(Traced.detectors(trace.findings())).contains("slow-statement", "slow-acquire");
      assertThat(Traced.finding(trace, Detector.SLOW_STATEMENT).text())
          .matches("A statement took [0-9.]+ ms, from Shop.java:\\d+\\.");
    }
  }

  @Test
  void heldConnectionWithoutWorkIsFound() {
    RecorderSettings settings = shop.recorder.settings();
    long limit = settings.heldIdleNanos();

    assertThat(Detectors.isHeldIdle(limit, limit / 20, settings)).isTrue();
    assertThat(Detectors.isHeldIdle(limit, limit / 5, settings)).isFalse();
    assertThat(Detectors.isHeldIdle(limit - 1, 0, settings)).isFalse();
  }

  @Test
  void largeResultsAreFound() {
    try (Traced strict = Traced.shop(DatabaseKind.H2, cfg -> cfg.largeResult(6))) {
      strict.unrecorded(db -> Shop.fill(db.writer(), 6, 0));
      Trace trace = strict.trace(db -> Shop.authors(db.reader()));

      assertThat(Traced.finding(trace, Detector.LARGE_RESULT).text())
          .isEqualTo("A result of 6 rows was read.");
    }
  }

  @Test
  void failedStatementsAreFoundWithTheirReason() {
    Recording recording = shop.recorder.begin("failing");
    Attachment attachment = recording.attach();
    try {
      assertThatThrownBy(
              () ->
                  Units.useUnit(
                      shop.registry,
                      db ->
                          db.writer()
                              .createNativeMutationQuery("update nowhere set x = 1")
                              .executeUpdate()))
          .isNotNull();
    } finally {
      attachment.close();
    }
    Trace trace = recording.finish();

    Finding finding = Traced.finding(trace, Detector.FAILED_STATEMENT);
    assertThat(finding.severity()).isEqualTo(Severity.ERROR);
    assertThat(finding.text()).containsIgnoringCase("nowhere");
    assertThat(trace.totals().failures()).isEqualTo(1);
    assertThat(trace.units().get(0).rollbacks()).isPositive();
  }

  @Test
  void whatIsOpenAtTheEndIsFoundAndStaysFound() {
    Recording recording = shop.recorder.begin("leaking");
    Attachment attachment = recording.attach();
    DbSessionsContainer db = Units.openUnit(shop.registry);
    Shop.authors(db.writer());
    attachment.close();
    Trace leaked = recording.finish();
    db.close();

    assertThat(Traced.detectors(leaked.findings()))
        .contains("session-left-open", "connection-not-released");
    assertThat(leaked.engines().get(0).state()).isEqualTo(EngineUse.State.START);
    Trace later = recording.snapshot();
    assertThat(Traced.detectors(later.findings()))
        .contains("session-left-open", "connection-not-released");
    assertThat(later.engines().get(0).state()).isEqualTo(EngineUse.State.END);
    assertThat(later.sessions().get(0).closedNanos()).isPositive();
  }

  @Test
  void sessionWithoutAnyWorkIsFound() {
    Trace trace = shop.trace(db -> db.writer());

    assertThat(Traced.detectors(trace.findings())).containsExactly("unused-session");
  }

  @Test
  void twoConnectionsOfOnePoolAtOnceAreFound() {
    Trace trace =
        shop.trace(
            db -> {
              Shop.authors(db.writer());
              Units.useUnit(shop.registry, inner -> Shop.authors(inner.writer()));
            });

    assertThat(Traced.finding(trace, Detector.NESTED_ACQUISITION).count()).isEqualTo(1);
    assertThat(
            Traced.detectors(
                shop.trace(
                        db -> {
                          Shop.authors(db.writer());
                          Shop.authors(db.session("audit"));
                        })
                    .findings()))
        .doesNotContain("nested-acquisition");
  }

  @Test
  void commitsOfTwoEnginesOneAfterTheOtherAreNotAtomic() {
    Trace trace =
        shop.trace(
            db -> {
              db.writer().persist(new Author("here"));
              db.session("audit").persist(new Author("there"));
            });

    Finding finding = Traced.finding(trace, Detector.NOT_ATOMIC);
    assertThat(finding.text()).contains("'writer'", "'audit'");
    shop.unrecorded(
        db -> db.writer().createMutationQuery("delete Author where name = 'here'").executeUpdate());
  }

  @Test
  void readingTwoEnginesIsAtomicEnough() {
    Trace trace =
        shop.trace(
            db -> {
              db.writer().persist(new Author("read on the other"));
              Shop.authors(db.session("audit"));
              db.rollback();
              Shop.authors(db.session("audit"));
            });

    assertThat(Traced.detectors(trace.findings())).doesNotContain("not-atomic");
  }

  @Test
  void switchingAutocommitIsFound() {
    try (Traced toggling = new Traced(config -> {})) {
      toggling.add("writer", DatabaseKind.H2.fresh(), EngineKind.READ_WRITE);
      Trace trace =
          toggling.trace(
              db ->
                  db.writer()
                      .doWork(
                          connection -> {
                            connection.setAutoCommit(true);
                            connection.setAutoCommit(false);
                          }));

      assertThat(Traced.finding(trace, Detector.AUTOCOMMIT_TOGGLING).count()).isEqualTo(2);
      assertThat(trace.marks())
          .extracting(Mark::kind)
          .contains(Mark.Kind.AUTOCOMMIT_ON, Mark.Kind.AUTOCOMMIT_OFF);
    }
  }

  @Test
  void manyFlushesBeforeQueriesAreAStorm() {
    Trace trace =
        shop.trace(
            db -> {
              Session session = db.writer();
              Shop.authors(session);
              for (int i = 0; i < 12; i++) {
                Shop.named(session, "author " + i);
              }
            });

    Finding finding = Traced.finding(trace, Detector.FLUSH_STORM);
    assertThat(finding.count()).isGreaterThan(10);
    assertThat(trace.flushes()).anyMatch(FlushTrace::auto);
  }

  @Test
  void acceptedFindingsAreLeftOut() {
    try (Traced lenient =
        Traced.shop(DatabaseKind.H2, cfg -> cfg.ignore("bookshop.Shop.countBooks"))) {
      lenient.unrecorded(db -> Shop.fill(db.writer(), 3, 1));

      assertThat(lenient.trace(db -> Shop.countBooks(db.reader())).findings()).isEmpty();
      assertThat(lenient.recorder.settings().ignored()).containsExactly("bookshop.Shop.countBooks");
    }
  }
}
