package io.sqlassist.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.embedded.CountingProxy;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.embedded.PostgresServer;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitConsumer;
import io.sqlassist.session.Units;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RoundTripsIT {

  /** So often that the driver has prepared its statements on the server. */
  private static final int WARM = 12;

  private static CountingProxy proxy;
  private static TestEngines engines;
  private static long id;

  @BeforeAll
  static void start() {
    DatabaseHandle database = DatabaseKind.POSTGRESQL.fresh();
    proxy = CountingProxy.inFrontOf(PostgresServer.shared());
    engines =
        TestEngines.none()
            .add("writer", database.through(proxy), EngineKind.READ_WRITE, 1, config -> {})
            .add("reader", database.through(proxy), EngineKind.READ_ONLY, 1, config -> {})
            .add("logger", database.through(proxy), EngineKind.AUTOCOMMIT, 1, config -> {});
    id =
        Units.<Long, RuntimeException>inUnit(
            engines.registry(),
            db -> {
              Novel novel = new Novel("there");
              db.writer().persist(novel);
              return novel.getId();
            });
  }

  @AfterAll
  static void stop() {
    engines.close();
    proxy.close();
  }

  private static int number;

  private static String isbn() {
    return "novel " + ++number;
  }

  /** What one unit costs when everything is warm. */
  private static int roundTrips(UnitConsumer<RuntimeException> work) {
    for (int i = 0; i < WARM; i++) {
      Units.useUnit(engines.registry(), work);
    }
    proxy.reset();
    Units.useUnit(engines.registry(), work);
    return proxy.roundTrips();
  }

  private static String measured(String what, int roundTrips) {
    return what + ": " + roundTrips + " round trips, " + proxy.statements();
  }

  @Test
  void readByIdThroughTheReaderIsOneRoundTrip() {
    int measured = roundTrips(db -> db.reader().find(Novel.class, id));

    assertThat(measured).as(measured("read by id", measured)).isEqualTo(1);
    assertThat(proxy.statements()).noneMatch(sql -> sql.matches("BEGIN.*|COMMIT|ROLLBACK"));
  }

  @Test
  void queryThroughTheReaderIsOneRoundTrip() {
    int measured =
        roundTrips(
            db ->
                db.reader()
                    .createSelectionQuery("from Novel where stock = 0", Novel.class)
                    .setMaxResults(3)
                    .getResultList());

    assertThat(measured).as(measured("query", measured)).isEqualTo(1);
    assertThat(proxy.statements()).hasSize(1);
  }

  @Test
  void twoQueriesThroughTheReaderAreTwoRoundTrips() {
    int measured =
        roundTrips(
            db -> {
              db.reader().find(Novel.class, id);
              db.reader()
                  .createSelectionQuery("select count(*) from Novel", Long.class)
                  .getSingleResult();
            });

    assertThat(measured).as(measured("two queries", measured)).isEqualTo(2);
  }

  @Test
  void insertThroughTheWriterIsTwoRoundTripsAndNowAndThenTheSequence() {
    int measured = roundTrips(db -> db.writer().persist(new Novel(isbn())));
    boolean sequence = proxy.statements().stream().anyMatch(sql -> sql.contains("nextval"));

    assertThat(measured).as(measured("insert with commit", measured)).isEqualTo(sequence ? 3 : 2);
  }

  @Test
  void readThroughTheWriterIsTwoRoundTrips() {
    int measured = roundTrips(db -> db.writer().find(Novel.class, id));

    assertThat(measured).as(measured("read in a transaction", measured)).isEqualTo(2);
  }

  @Test
  void lineOfTheLoggerIsOneRoundTripAndNowAndThenTheSequence() {
    int measured = roundTrips(db -> db.logger().persist(new Novel(isbn())));
    boolean sequence = proxy.statements().stream().anyMatch(sql -> sql.contains("nextval"));

    assertThat(measured).as(measured("log line", measured)).isEqualTo(sequence ? 2 : 1);
    assertThat(proxy.statements()).noneMatch(sql -> sql.matches("BEGIN.*|COMMIT|ROLLBACK"));
  }

  @Test
  void unitThatOnlyOpensSessionsIsNoRoundTrip() {
    int measured =
        roundTrips(
            db -> {
              db.reader();
              db.writer();
              db.logger();
              db.on("writer").statelessSession();
            });

    assertThat(measured).as(measured("sessions opened", measured)).isZero();
  }

  @Test
  void commitAndRollbackWithoutWorkAreNoRoundTrip() {
    int measured =
        roundTrips(
            db -> {
              db.writer();
              db.commit();
              db.rollback();
            });

    assertThat(measured).as(measured("empty commit and rollback", measured)).isZero();
  }

  @Test
  void unitThatIsClosedAfterAReadRollsBackInOneRoundTrip() {
    for (int i = 0; i < WARM; i++) {
      readAndClose();
    }
    proxy.reset();
    readAndClose();

    assertThat(proxy.roundTrips())
        .as(measured("read and rollback", proxy.roundTrips()))
        .isEqualTo(2);
  }

  private static void readAndClose() {
    DbSessionsContainer db = engines.unit();
    db.writer().find(Novel.class, id);
    db.close();
  }
}
