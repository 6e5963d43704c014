package io.sqlassist.benchmarks;

import io.sqlassist.benchmarks.BookServer.Arm;
import io.sqlassist.benchmarks.Comparison.Goal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Everything that is compared, with what was promised. */
final class Comparisons {

  private static final List<String> NO_SERVER = List.of();
  private static final List<String> POSTGRESQL = List.of("postgresql");
  private static final List<String> BOTH = List.of("postgresql", "mariadb");

  private Comparisons() {}

  static List<Comparison> all() {
    List<Comparison> all = new ArrayList<>();
    for (String engines : new String[] {"1", "8", "64"}) {
      all.add(
          new JmhComparison(
              "unused-" + engines,
              "A container that is made and never used, " + engines + " engines",
              Goal.cost(10, 64),
              "UnusedContainer.container",
              null,
              Map.of("engines", engines),
              NO_SERVER,
              false));
    }
    all.add(
        new JmhComparison(
            "attached",
            "The same, current on its thread and ended",
            Goal.NONE,
            "UnusedContainer.attachedAndEnded",
            null,
            Map.of("engines", "8"),
            NO_SERVER,
            false));
    all.add(
        new JmhComparison(
            "servlet-attribute",
            "What the servlet's request takes to keep one attribute",
            Goal.NONE,
            "UnusedContainer.attributeOfTheServlet",
            null,
            Map.of("engines", "8"),
            NO_SERVER,
            false));
    all.add(
        against(
            "first-reader",
            "First access of a reader and close, against bare openSession and close",
            Goal.speed(1 / 1.10).bytes(96),
            "SessionAccess.firstReader",
            "SessionAccess.bareReader"));
    all.add(
        against(
            "first-writer",
            "First access of a writer and close, against bare openSession, begin, rollback, close",
            Goal.speed(1 / 1.10).bytes(96),
            "SessionAccess.firstWriter",
            "SessionAccess.bareWriter"));
    all.add(
        new JmhComparison(
            "memoized",
            "A session that is open already",
            Goal.cost(2, 0.5),
            "SessionAccess.memoized",
            null,
            Map.of(),
            NO_SERVER,
            false));
    for (String database : new String[] {"h2", "postgresql"}) {
      List<String> servers = database.equals("h2") ? NO_SERVER : POSTGRESQL;
      Map<String, String> where = Map.of("database", database);
      all.add(
          new JmhComparison(
              "read-" + database,
              "Read by id through a reader, against try/finally by hand; " + database,
              Goal.speed(1.0),
              "ReadById.sqlAssist",
              "ReadById.tryFinally",
              where,
              servers,
              false));
      all.add(
          new JmhComparison(
              "read-transaction-" + database,
              "The same, against the usual transaction for each read; " + database,
              Goal.speed(1.15),
              "ReadById.sqlAssist",
              "ReadById.transactionPerRead",
              where,
              servers,
              false));
      all.add(
          new JmhComparison(
              "insert-" + database,
              "Insert through a writer, against try/finally by hand; " + database,
              Goal.speed(0.97),
              "Insert.sqlAssist",
              "Insert.tryFinally",
              where,
              servers,
              false));
    }
    all.add(
        new JmhComparison(
            "jta-one",
            "JTA, one engine, against raw Narayana and Agroal; PostgreSQL",
            Goal.speed(0.97),
            "TwoPhaseCommit.SqlAssist.oneEngine",
            "TwoPhaseCommit.Raw.oneEngine",
            Map.of(),
            BOTH,
            false));
    all.add(
        new JmhComparison(
            "jta-two",
            "JTA, two engines, against raw Narayana and Agroal; PostgreSQL and MariaDB",
            Goal.speed(0.97),
            "TwoPhaseCommit.SqlAssist.twoEngines",
            "TwoPhaseCommit.Raw.twoEngines",
            Map.of(),
            BOTH,
            false));
    all.add(
        new JmhComparison(
            "start",
            "First start in a JVM: three engines with 50 entities, against one plain factory; H2",
            Goal.speed(1 / 1.5),
            "Start.threeEngines",
            "Start.onePlainFactory",
            Map.of(),
            NO_SERVER,
            true));
    all.add(
        http("http-unused", "Request that uses no session", 0.97, Arm.SQLASSIST, Load.Kind.UNUSED));
    all.add(http("http-read", "Request that reads a book", 0.97, Arm.SQLASSIST, Load.Kind.READ));
    all.add(http("http-write", "Request that writes a book", 0.97, Arm.SQLASSIST, Load.Kind.WRITE));
    if (CrowdComparison.isPossible()) {
      all.add(
          new CrowdComparison(
              "crowd",
              "10,000 requests at once on virtual threads, pool of 10, against Javalin and"
                  + " Hibernate by hand; PostgreSQL",
              Goal.speed(0.97),
              10_000));
    }
    all.add(panel("panel-off", "registered and off", 0.99, Arm.PANEL_OFF));
    all.add(panel("panel-on", "on", 0.95, Arm.PANEL_ON));
    return all;
  }

  private static Comparison against(
      String id, String title, Goal goal, String subject, String baseline) {
    return new JmhComparison(id, title, goal, subject, baseline, Map.of(), NO_SERVER, false);
  }

  private static Comparison http(
      String id, String what, double speed, Arm subject, Load.Kind kind) {
    return new HttpComparison(
        id,
        what + " over HTTP, against Javalin and Hibernate by hand; PostgreSQL",
        Goal.speed(speed),
        subject,
        Arm.HAND_WRITTEN,
        kind);
  }

  private static Comparison panel(String id, String state, double speed, Arm subject) {
    return new HttpComparison(
        id,
        "Debug panel " + state + ", against none; a request that reads a book; PostgreSQL",
        Goal.speed(speed),
        subject,
        Arm.SQLASSIST,
        Load.Kind.READ);
  }
}
