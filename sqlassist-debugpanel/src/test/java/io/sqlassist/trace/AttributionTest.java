package io.sqlassist.trace;

import static org.assertj.core.api.Assertions.assertThat;

import bookshop.Shop;
import io.sqlassist.debugpanel.Proves;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitFunction;
import io.sqlassist.session.UnitOrigin;
import io.sqlassist.session.Units;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AttributionTest {

  private static final Map<Object, Recording> REQUESTS = new ConcurrentHashMap<>();

  private static Traced shop;

  @BeforeAll
  static void open() {
    shop = Traced.shop(DatabaseKind.H2, cfg -> cfg.recordingOf(REQUESTS::get));
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  private static DbSessionsContainer unitOf(Object request) {
    UnitOrigin origin =
        new UnitOrigin() {
          @Override
          public String label() {
            return "GET " + request;
          }

          @Override
          public Optional<Object> attribute(String name) {
            return name.equals("request") ? Optional.of(request) : Optional.empty();
          }
        };
    return new DbSessionsContainer(shop.registry, origin);
  }

  private static Recording begin(String request) {
    Recording recording = shop.recorder.begin(request);
    REQUESTS.put(request, recording);
    return recording;
  }

  @Test
  void unitsBelongToTheirRequestOnWhateverThread() throws Exception {
    Recording first = begin("/first");
    Recording second = begin("/second");
    DbSessionsContainer one = unitOf("/first");
    DbSessionsContainer two = unitOf("/second");
    Shop.authors(one.reader());
    Shop.authors(two.reader());
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      other
          .submit(
              () -> {
                Shop.authors(one.reader());
                one.close();
              })
          .get(60, TimeUnit.SECONDS);
    } finally {
      other.shutdown();
    }
    two.close();

    assertThat(first.finish().totals().statements()).isEqualTo(2);
    assertThat(second.finish().totals().statements()).isEqualTo(1);
    assertThat(first.snapshot().units()).extracting(UnitTrace::label).containsExactly("GET /first");
    assertThat(first.snapshot().engines().get(1).state()).isEqualTo(EngineUse.State.END);
  }

  @Test
  void unitInsideOfARequestsUnitBelongsToTheRequest() {
    Recording recording = begin("/inside");
    DbSessionsContainer outer = unitOf("/inside");
    Units.enter(outer);
    try {
      Units.useUnit(shop.registry, inner -> Shop.authors(inner.reader()));
    } finally {
      outer.close();
    }

    assertThat(recording.finish().totals().statements()).isEqualTo(1);
  }

  @Test
  void piecesThatWorkAtTheSameTimeBelongToTheRequestAndAreNotNested() {
    shop.grow("writer", 3);
    CyclicBarrier all = new CyclicBarrier(3);
    UnitFunction<Integer, RuntimeException> piece =
        db -> {
          int authors = Shop.authors(db.writer()).size();
          try {
            all.await(60, TimeUnit.SECONDS); // each holds its connection
          } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
          }
          return authors;
        };
    Recording recording = begin("/pieces");
    DbSessionsContainer db = unitOf("/pieces");
    db.concurrently(List.of(piece, piece, piece));
    db.close();
    Trace trace = recording.finish();

    assertThat(trace.connections()).hasSize(3);
    assertThat(Traced.detectors(trace.findings())).doesNotContain("nested-acquisition");
  }

  @Test
  void whatHasNoRequestBelongsToTheBackground() {
    long before = shop.recorder.background().totals().statements();
    Units.useUnit(shop.registry, db -> Shop.authors(db.reader()));
    DbSessionsContainer unknown = unitOf("/not recorded");
    Shop.authors(unknown.reader());
    unknown.close();
    try (Session own = shop.registry.engine("writer").openSession()) {
      Shop.authors(own);
    }

    assertThat(shop.recorder.background().totals().statements()).isEqualTo(before + 3);
  }

  @Test
  void sessionsOpenedByHandBelongToTheRecordingOfTheThread() {
    Recording recording = shop.recorder.begin("by hand");
    Attachment attachment = recording.attach();
    try (Session own = shop.registry.engine("writer").openSession()) {
      Shop.authors(own);
    } finally {
      attachment.close();
    }
    Trace trace = recording.finish();

    assertThat(trace.totals().statements()).isEqualTo(1);
    assertThat(trace.statements().get(0).session()).isZero();
    assertThat(trace.connections().get(0).releasedNanos()).isPositive();
  }

  @Test
  void savepointAndStatelessSessionsBelongToTheirUnit() {
    Trace trace =
        shop.trace(
            db -> {
              Shop.fill(db.writer(), 1, 1);
              db.on("writer").savepoint(session -> Shop.authors(session).size());
              db.on("writer")
                  .statelessSession()
                  .createSelectionQuery("select count(*) from Author", Long.class)
                  .getSingleResult();
            });

    assertThat(trace.connections()).hasSize(1);
    assertThat(trace.statements())
        .hasSizeGreaterThan(3)
        .allMatch(each -> each.session() == 1 && each.connection() == 1);
    assertThat(trace.marks())
        .extracting(Mark::kind)
        .contains(Mark.Kind.SAVEPOINT, Mark.Kind.SAVEPOINT_RELEASED, Mark.Kind.COMMIT)
        .containsOnlyOnce(Mark.Kind.UNIT_COMMITTED);
  }

  @Test
  @Proves("S19")
  void nothingIsRecordedOfWhatIsExcluded() throws Exception {
    long before = shop.recorder.background().totals().statements();
    List<?> authors =
        shop.recorder.withoutCapture(
            () -> {
              try (Session own = shop.registry.engine("writer").openSession()) {
                return Shop.authors(own);
              }
            });

    assertThat(authors).isNotNull();
    assertThat(shop.recorder.background().totals().statements()).isEqualTo(before);
  }

  @Test
  void holdersAreKnownUntilTheyLetGo() {
    Recording recording = begin("/holding");
    DbSessionsContainer db = unitOf("/holding");
    Shop.authors(db.writer());
    Holder holder = shop.recorder.holders().get(0);

    assertThat(holder.engine()).isEqualTo("writer");
    assertThat(holder.pool()).isEqualTo("writer-pool");
    assertThat(holder.traceId()).isEqualTo(recording.id());
    assertThat(holder.title()).isEqualTo("/holding");
    assertThat(holder.lastSql()).startsWith("select");
    assertThat(holder.frames().get(0).className()).isEqualTo("bookshop.Shop");
    assertThat(holder.physicalId()).isNotEmpty();
    assertThat(holder.heldNanos()).isGreaterThanOrEqualTo(holder.idleNanos());
    db.close();
    assertThat(shop.recorder.holders()).isEmpty();
    recording.close();
  }
}
