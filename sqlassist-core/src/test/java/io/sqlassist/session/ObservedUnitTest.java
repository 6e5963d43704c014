package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.fixture.EngineTests;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.observe.Observer;
import io.sqlassist.observe.UnitInfo;
import io.sqlassist.observe.UnitObserver;
import io.sqlassist.transaction.CommitReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.hibernate.Session;
import org.junit.jupiter.api.Test;

class ObservedUnitTest extends EngineTests {

  ObservedUnitTest() {
    super(DatabaseKind.H2);
  }

  @Test
  void unitThatCommitsIsToldInOrder() {
    useUnit(
        db -> {
          db.writer().persist(new Novel("x"));
          db.logger().persist(new Novel("x"));
          db.reader();
        });

    assertThat(events())
        .containsExactly(
            "started",
            "opened writer",
            "opened logger",
            "opened reader",
            "committed [writer=COMMITTED]",
            "closed writer",
            "closed logger",
            "closed reader",
            "ended");
  }

  @Test
  void unitThatRollsBackIsToldInOrder() {
    DbSessionsContainer db = engines.unit();
    db.writer();
    db.rollback();
    db.close();

    assertThat(events())
        .containsExactly(
            "started", "opened writer", "rolled back", "rolled back", "closed writer", "ended");
  }

  @Test
  void unitThatOpenedNothingIsNotToldAtAll() {
    useUnit(db -> db.on("writer").status());

    assertThat(events()).isEmpty();
  }

  @Test
  void unitIsIntroducedWithLabelTimeAndANumberOfItsOwn() {
    Instant before = Instant.now();
    for (String label : new String[] {"first", "second"}) {
      DbSessionsContainer db = new DbSessionsContainer(engines.registry(), () -> label);
      db.writer();
      db.close();
    }

    UnitInfo first = engines.observer().units().get(0);
    UnitInfo second = engines.observer().units().get(1);
    assertThat(first.label()).isEqualTo("first");
    assertThat(second.label()).isEqualTo("second");
    assertThat(second.id()).isGreaterThan(first.id());
    assertThat(first.started()).isBetween(before, Instant.now());
  }

  /** Remembers what the units belong to, and their sessions. */
  private static final class Curious implements Observer {
    private final List<Object> requests = new ArrayList<>();
    private final List<Session> sessions = new ArrayList<>();

    @Override
    public UnitObserver unitStarted(UnitInfo unit, Function<String, Optional<Object>> attributes) {
      requests.add(attributes.apply("request").orElse("none"));
      return new UnitObserver() {
        @Override
        public void sessionOpened(String engine, Session session) {
          sessions.add(session);
        }
      };
    }
  }

  private static UnitOrigin request(Object request) {
    return new UnitOrigin() {
      @Override
      public String label() {
        return "GET /";
      }

      @Override
      public Optional<Object> attribute(String name) {
        return name.equals("request") ? Optional.of(request) : Optional.empty();
      }
    };
  }

  @Test
  void unitTellsWhatItBelongsToAndAUnitInsideBelongsToTheSame() {
    try (TestEngines own = TestEngines.fresh(DatabaseKind.H2)) {
      Curious curious = new Curious();
      own.registry().observe(curious);
      DbSessionsContainer outer = new DbSessionsContainer(own.registry(), request("the request"));
      Units.enter(outer);
      try {
        outer.writer();
        Units.useUnit(
            own.registry(),
            inner -> {
              inner.logger();
              Units.useUnit(own.registry(), innermost -> innermost.logger());
            });
      } finally {
        outer.close();
      }
      Units.useUnit(own.registry(), db -> db.writer());

      assertThat(curious.requests)
          .containsExactly("the request", "the request", "the request", "none");
    }
  }

  @Test
  void observerIsHandedTheSessionThatWasOpened() {
    try (TestEngines own = TestEngines.fresh(DatabaseKind.H2)) {
      Curious curious = new Curious();
      own.registry().observe(curious);
      Units.useUnit(
          own.registry(), db -> assertThat(List.of(db.writer())).isEqualTo(curious.sessions));
    }
  }

  /** Throws whatever it is told. */
  private static final class Failing implements Observer {
    @Override
    public UnitObserver unitStarted(UnitInfo unit) {
      return new UnitObserver() {
        @Override
        public void sessionOpened(String engine) {
          throw new IllegalStateException("sessionOpened");
        }

        @Override
        public void committed(CommitReport report) {
          throw new IllegalStateException("committed");
        }

        @Override
        public void commitFailed(Throwable cause) {
          throw new IllegalStateException("commitFailed");
        }

        @Override
        public void rolledBack() {
          throw new IllegalStateException("rolledBack");
        }

        @Override
        public void cleanupFailed(String engine, String action, Throwable failure) {
          throw new IllegalStateException("cleanupFailed");
        }

        @Override
        public void sessionClosed(String engine) {
          throw new IllegalStateException("sessionClosed");
        }

        @Override
        public void ended() {
          throw new IllegalStateException("ended");
        }
      };
    }
  }

  @Test
  void failingObserverReachesNeitherTheApplicationNorTheNextObserver() {
    try (TestEngines own = TestEngines.fresh(DatabaseKind.H2)) {
      own.registry().observe(new Failing());
      own.observer().clear();
      Units.useUnit(own.registry(), db -> db.writer().persist(new Novel("kept")));
      assertThatThrownBy(
              () ->
                  Units.useUnit(
                      own.registry(),
                      db -> {
                        db.writer().persist(new Novel("lost"));
                        db.writer().flush();
                        own.faults("writer").fail("rollback");
                        throw new IllegalStateException("of the work");
                      }))
          .hasMessage("of the work");

      assertThat(own.isbns("writer")).containsExactly("kept");
      assertThat(own.events())
          .containsExactly(
              "started",
              "opened writer",
              "committed [writer=COMMITTED]",
              "closed writer",
              "ended",
              "started",
              "opened writer",
              "rollback failed",
              "rolled back",
              "closed writer",
              "ended");
    }
  }

  @Test
  void observerThatFailsToStartIsLeftOut() {
    try (TestEngines own = TestEngines.fresh(DatabaseKind.H2)) {
      own.registry()
          .observe(
              new Observer() {
                @Override
                public UnitObserver unitStarted(UnitInfo unit) {
                  throw new IllegalStateException("unitStarted");
                }
              });
      own.observer().clear();
      Units.useUnit(own.registry(), db -> db.writer().persist(new Novel("kept")));

      assertThat(own.isbns("writer")).containsExactly("kept");
      assertThat(own.events()).startsWith("started").endsWith("ended");
    }
  }
}
