package io.sqlassist.benchmarks;

import io.sqlassist.benchmarks.Comparison.Goal;
import io.sqlassist.benchmarks.StartArm.How;
import java.util.ArrayList;
import java.util.List;

/** Everything that is compared, with what was promised. */
final class Comparisons {

  private static final String BY_HAND = "against Javalin and Hibernate by hand; PostgreSQL";

  private Comparisons() {}

  /** What is measured together stands together. */
  static List<Measurement<?>> all() {
    List<Measurement<?>> all = new ArrayList<>();
    all.addAll(sessions());
    all.add(readById("h2"));
    all.add(insert("h2"));
    all.add(readById("postgresql", "postgresql"));
    all.add(insert("postgresql", "postgresql"));
    all.add(twoPhaseCommit("one", "one engine", "oneEngine", "PostgreSQL"));
    all.add(twoPhaseCommit("two", "two engines", "twoEngines", "PostgreSQL and MariaDB"));
    all.add(unused());
    all.add(read());
    all.add(write());
    all.add(crowd());
    all.addAll(engines());
    return all;
  }

  private static List<Measurement<?>> sessions() {
    List<Measurement<?>> all = new ArrayList<>();
    for (String engines : List.of("1", "8", "64")) {
      all.add(
          JmhMeasurement.of(
              Comparison.cost(
                  "unused-" + engines,
                  "A container that is made and never used; engines: " + engines,
                  Goal.cost(10, 64),
                  JmhArm.of("UnusedContainer.container", "engines", engines))));
    }
    all.add(
        JmhMeasurement.of(
            Comparison.cost(
                "attached",
                "A container that is made, current on its thread and ended, 8 engines",
                Goal.cost(10, 64),
                JmhArm.of("UnusedContainer.attachedAndEnded", "engines", "8"))));
    all.add(
        JmhMeasurement.of(
            Comparison.cost(
                "servlet-attribute",
                "What the servlet's request takes to keep one attribute",
                Goal.NONE,
                JmhArm.of("UnusedContainer.attributeOfTheServlet", "engines", "8"))));
    all.add(
        JmhMeasurement.of(
            new Comparison<>(
                "first-reader",
                "First access of a reader and close, against bare openSession and close",
                Goal.speed(1 / 1.10).bytes(96),
                JmhArm.of("SessionAccess.firstReader"),
                JmhArm.of("SessionAccess.bareReader"))));
    all.add(
        JmhMeasurement.of(
            new Comparison<>(
                "first-writer",
                "First access of a writer and close, against bare openSession, begin, rollback,"
                    + " close",
                Goal.speed(1 / 1.10).bytes(96),
                JmhArm.of("SessionAccess.firstWriter"),
                JmhArm.of("SessionAccess.bareWriter"))));
    all.add(
        JmhMeasurement.of(
            Comparison.cost(
                "memoized",
                "A session that is open already",
                Goal.cost(2, 0.4),
                JmhArm.of("SessionAccess.memoized"))));
    return all;
  }

  private static JmhMeasurement readById(String database, String... servers) {
    JmhArm ours = JmhArm.of("ReadById.sqlAssist", "database", database).on(servers);
    return JmhMeasurement.of(
        new Comparison<>(
            "read-" + database,
            "Read by id through a reader, against try/finally by hand; " + database,
            Goal.speed(1.0),
            ours,
            JmhArm.of("ReadById.tryFinally", "database", database).on(servers)),
        new Comparison<>(
            "read-transaction-" + database,
            "Read by id through a reader, against the usual transaction for each read; " + database,
            Goal.speed(1.15),
            ours,
            JmhArm.of("ReadById.transactionPerRead", "database", database).on(servers)));
  }

  private static JmhMeasurement insert(String database, String... servers) {
    return JmhMeasurement.of(
        new Comparison<>(
            "insert-" + database,
            "Insert through a writer, against try/finally by hand; " + database,
            Goal.speed(0.97),
            JmhArm.of("Insert.sqlAssist", "database", database).on(servers),
            JmhArm.of("Insert.tryFinally", "database", database).on(servers)));
  }

  private static JmhMeasurement twoPhaseCommit(
      String id, String what, String method, String where) {
    String[] both = {"postgresql", "mariadb"};
    return JmhMeasurement.of(
        new Comparison<>(
            "jta-" + id,
            "JTA, " + what + ", against raw Narayana and Agroal; " + where,
            Goal.speed(0.97),
            JmhArm.of("TwoPhaseCommit.SqlAssist." + method).on(both).inItsOwnJvm(),
            JmhArm.of("TwoPhaseCommit.Raw." + method).on(both).inItsOwnJvm()));
  }

  private static HttpMeasurement unused() {
    return new HttpMeasurement(
        Load.Kind.UNUSED,
        List.of(
            server(
                "http-unused",
                "Request over HTTP that uses no session, " + BY_HAND,
                0.97,
                ServerArm.SQLASSIST,
                ServerArm.HAND_WRITTEN)));
  }

  private static HttpMeasurement read() {
    return new HttpMeasurement(
        Load.Kind.READ,
        List.of(
            server(
                "http-read",
                "Request over HTTP that reads a book, " + BY_HAND,
                0.97,
                ServerArm.SQLASSIST,
                ServerArm.HAND_WRITTEN),
            server(
                "http-read-spring-boot",
                "Request over HTTP that reads a book, against Spring Boot and Spring Data JPA; PostgreSQL",
                1.5,
                ServerArm.SQLASSIST,
                ServerArm.SPRING_BOOT),
            server(
                "http-read-dropwizard",
                "Request over HTTP that reads a book, against dropwizard-hibernate; PostgreSQL",
                1.2,
                ServerArm.SQLASSIST,
                ServerArm.DROPWIZARD),
            server(
                "panel-off",
                "Debug panel registered and off, against not registered; the same request",
                0.99,
                ServerArm.PANEL_OFF,
                ServerArm.SQLASSIST),
            server(
                "panel-on",
                "Debug panel on, against not registered; the same request",
                0.95,
                ServerArm.PANEL_ON,
                ServerArm.SQLASSIST)));
  }

  private static HttpMeasurement write() {
    return new HttpMeasurement(
        Load.Kind.WRITE,
        List.of(
            server(
                "http-write",
                "Request over HTTP that writes a book, " + BY_HAND,
                0.97,
                ServerArm.SQLASSIST,
                ServerArm.HAND_WRITTEN),
            server(
                "http-write-spring-boot",
                "Request over HTTP that writes a book, against Spring Boot and Spring Data JPA; PostgreSQL",
                1.5,
                ServerArm.SQLASSIST,
                ServerArm.SPRING_BOOT),
            server(
                "http-write-dropwizard",
                "Request over HTTP that writes a book, against dropwizard-hibernate; PostgreSQL",
                1.2,
                ServerArm.SQLASSIST,
                ServerArm.DROPWIZARD)));
  }

  private static CrowdMeasurement crowd() {
    return new CrowdMeasurement(
        List.of(
            server(
                "crowd",
                "10,000 requests at once on virtual threads, pool of "
                    + ServerArm.POOL
                    + ", "
                    + BY_HAND,
                0.97,
                ServerArm.SQLASSIST,
                ServerArm.HAND_WRITTEN)));
  }

  private static Comparison<ServerArm> server(
      String id, String title, double speed, ServerArm subject, ServerArm baseline) {
    return new Comparison<>(id, title, Goal.speed(speed), subject, baseline);
  }

  private static List<Measurement<?>> engines() {
    JmhArm one = JmhArm.of("ManyEngines.read", "engines", "1");
    StartArm plain = new StartArm(How.PLAIN_FACTORY, 1, 50);
    return List.of(
        JmhMeasurement.of(manyEngines("8", one), manyEngines("64", one)),
        new StartMeasurement(
            3,
            List.of(
                new Comparison<>(
                    "start",
                    "First start in a JVM: three engines with 50 entities, against one plain"
                        + " factory with 50; H2",
                    Goal.speed(1 / 1.5),
                    new StartArm(How.SQLASSIST, 3, 50),
                    plain),
                Comparison.cost("start-plain", "One plain factory, 50 entities", Goal.NONE, plain),
                started(1),
                started(8))),
        new StartMeasurement(1, List.of(started(64))));
  }

  private static Comparison<JmhArm> manyEngines(String engines, JmhArm one) {
    return new Comparison<>(
        "engines-request-" + engines,
        "Unit of work that reads by id, with " + engines + " engines, against with one; H2",
        Goal.speed(0.97).bytes(1),
        JmhArm.of("ManyEngines.read", "engines", engines),
        one);
  }

  private static Comparison<StartArm> started(int engines) {
    return Comparison.cost(
        "engines-start-" + engines,
        engines + (engines == 1 ? " engine" : " engines") + ", 10 entities each",
        Goal.NONE,
        new StartArm(How.SQLASSIST, engines, 10));
  }
}
