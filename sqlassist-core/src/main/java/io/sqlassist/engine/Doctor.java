package io.sqlassist.engine;

import io.sqlassist.engine.DatabaseQuestions.ConnectionLimit;
import io.sqlassist.engine.Verification.Finding;
import io.sqlassist.engine.Verification.Severity;
import io.sqlassist.observe.Observer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** Looks at all engines of a registry: each by itself, then those that share a server. */
final class Doctor {

  private final List<Engine> engines;
  private final VerificationConfig config;
  private final Clock clock;

  Doctor(Collection<Engine> engines, VerificationConfig config, Clock clock) {
    this.engines = List.copyOf(engines);
    this.config = config;
    this.clock = clock;
  }

  Verification verify(Observer observer) {
    List<Examination> examinations = examineAll();
    List<Finding> findings = new ArrayList<>();
    examinations.forEach(each -> findings.addAll(each.findings()));
    checkServers(examinations, findings);
    checkCaches(examinations, findings);
    List<String> names = engines.stream().map(Engine::name).toList();
    findings.sort(
        Comparator.<Finding>comparingInt(each -> names.indexOf(each.engine()))
            .thenComparing(Finding::severity));
    if (!config.isQuiet()) {
      findings.stream()
          .filter(each -> each.severity() != Severity.NOTE)
          .forEach(
              each ->
                  observer.engineWarning(
                      each.engine(), each.check() + ": " + each.what() + ". " + each.fix() + "."));
    }
    return new Verification(names, findings);
  }

  private List<Examination> examineAll() {
    long deadline = System.nanoTime() + config.timeLimit().toNanos();
    Map<Examination, Thread> running = new LinkedHashMap<>();
    for (Engine engine : engines) {
      Examination examination = new Examination(engine, config, clock);
      Thread thread = new Thread(examination, "sqlassist verify " + engine.name());
      thread.setDaemon(true);
      thread.start();
      running.put(examination, thread);
    }
    boolean interrupted = false;
    for (Map.Entry<Examination, Thread> each : running.entrySet()) {
      try {
        long left = interrupted ? 0 : deadline - System.nanoTime();
        TimeUnit.NANOSECONDS.timedJoin(each.getValue(), Math.max(0, left));
      } catch (InterruptedException e) {
        interrupted = true; // the caller wants no answer any more: take what there is
      }
      if (each.getValue().isAlive()) {
        each.getKey().stop(each.getValue(), interrupted);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return List.copyOf(running.keySet());
  }

  private void checkServers(List<Examination> examinations, List<Finding> findings) {
    Map<String, List<Examination>> byServer =
        examinations.stream()
            .filter(each -> each.facts().isPresent())
            .collect(
                Collectors.groupingBy(
                    each -> each.facts().orElseThrow().server(),
                    LinkedHashMap::new,
                    Collectors.toList()));
    for (List<Examination> server : byServer.values()) {
      checkLimits(server, findings);
      checkPrepared(server, findings);
      checkIsolation(server, findings);
    }
  }

  private static void checkLimits(List<Examination> server, List<Finding> findings) {
    Map<String, Pools> pools = new LinkedHashMap<>();
    for (Examination each : server) {
      for (ConnectionLimit limit : each.facts().orElseThrow().limits()) {
        pools.computeIfAbsent(limit.holder(), first -> new Pools(limit)).add(each.engine());
      }
    }
    pools.values().forEach(each -> each.check(findings));
    if (!pools.isEmpty()) {
      for (Examination each : server) {
        if (Pools.size(each.engine()).isEmpty()) {
          findings.add(
              new Finding(
                  each.engine().name(),
                  Severity.NOT_CHECKED,
                  "connections",
                  "its pool does not tell how many connections it may open",
                  "Say so with maxConnections(n), and compare it with the limits of the server"));
        }
      }
    }
  }

  /** Pools that share a limit; each data source once, however many engines are on it. */
  private static final class Pools {

    private final ConnectionLimit limit;
    private final Map<DataSource, Engine> byDataSource = new IdentityHashMap<>();
    private final List<String> parts = new ArrayList<>();
    private int sum;
    private String largest = "";
    private int size;

    Pools(ConnectionLimit limit) {
      this.limit = limit;
    }

    static OptionalInt size(Engine engine) {
      OptionalInt ofPolicy = engine.policy().poolSize(engine.name());
      return ofPolicy.isPresent()
          ? ofPolicy
          : engine.pool().map(pool -> OptionalInt.of(pool.max())).orElse(OptionalInt.empty());
    }

    void add(Engine engine) {
      OptionalInt own = size(engine);
      if (own.isPresent() && byDataSource.putIfAbsent(engine.dataSource(), engine) == null) {
        sum += own.getAsInt();
        parts.add(engine.name() + " " + own.getAsInt());
        if (own.getAsInt() > size) {
          size = own.getAsInt();
          largest = engine.name();
        }
      }
    }

    void check(List<Finding> findings) {
      String pools =
          (parts.size() == 1 ? "its pool " : "the pools ") + parts + ", " + sum + " in all";
      if (sum > limit.max()) {
        findings.add(
            new Finding(
                largest,
                Severity.WARNING,
                "connections",
                pools
                    + ", may open more connections than "
                    + limit.setting()
                    + " allows, which is "
                    + limit.max(),
                "Make the pools smaller, or raise the limit; each instance of the application has"
                    + " such pools"));
      } else if (2L * sum > limit.max()) {
        findings.add(
            new Finding(
                largest,
                Severity.NOTE,
                "connections",
                pools
                    + ", fit into "
                    + limit.setting()
                    + " = "
                    + limit.max()
                    + " once, but not for a second instance of the application, as while a new"
                    + " version is rolled out",
                "If there is ever a second one, make the pools smaller or raise the limit"));
      }
    }
  }

  private static void checkPrepared(List<Examination> server, List<Finding> findings) {
    OptionalInt limit = server.get(0).facts().orElseThrow().preparedLimit();
    List<Engine> coordinated =
        server.stream()
            .map(Examination::engine)
            .filter(engine -> engine.policy().isCoordinated())
            .toList();
    if (limit.isEmpty() || coordinated.isEmpty()) {
      return;
    }
    int connections = coordinated.stream().mapToInt(engine -> Pools.size(engine).orElse(1)).sum();
    String names = coordinated.stream().map(Engine::name).toList().toString();
    String fix =
        "Set max_prepared_transactions to "
            + connections
            + " or more in postgresql.conf, and restart the server; each instance of the application"
            + " counts";
    if (limit.getAsInt() == 0) {
      findings.add(
          new Finding(
              coordinated.get(0).name(),
              Severity.ERROR,
              "prepared transactions",
              "max_prepared_transactions is 0, so that every commit of two engines will be refused",
              fix));
    } else if (limit.getAsInt() < connections) {
      findings.add(
          new Finding(
              coordinated.get(0).name(),
              Severity.WARNING,
              "prepared transactions",
              "max_prepared_transactions is "
                  + limit.getAsInt()
                  + ", but the pools of "
                  + names
                  + " have "
                  + connections
                  + " connections: under load some commits will be refused",
              fix));
    }
  }

  private static void checkIsolation(List<Examination> server, List<Finding> findings) {
    List<Examination> writers =
        server.stream()
            .filter(each -> each.engine().options().kind() == EngineKind.READ_WRITE)
            .toList();
    for (int i = 1; i < writers.size(); i++) {
      Examination first = writers.get(0);
      Examination other = writers.get(i);
      if (first.facts().orElseThrow().isolation() != other.facts().orElseThrow().isolation()) {
        findings.add(
            new Finding(
                other.engine().name(),
                Severity.NOTE,
                "isolation",
                "its transactions have another isolation level than those of '"
                    + first.engine().name()
                    + "' on the same server",
                "If that is not meant so, give both pools the same transactionIsolation"));
      }
    }
  }

  /** What one engine has cached another one may change without its knowledge. */
  private static void checkCaches(List<Examination> examinations, List<Finding> findings) {
    for (Examination caching : examinations) {
      if (caching.facts().isEmpty()) {
        continue;
      }
      List<String> cached = CachedEntities.of(caching.engine());
      for (Examination other : examinations) {
        List<String> shared = new ArrayList<>(cached);
        if (other == caching || other.engine().isReadOnly() || !onOneServer(caching, other)) {
          continue;
        }
        shared.removeIf(entity -> !CachedEntities.isMapped(other.engine(), entity));
        if (!shared.isEmpty()) {
          findings.add(
              new Finding(
                  caching.engine().name(),
                  Severity.WARNING,
                  "cache",
                  "it keeps "
                      + shared
                      + " in its second-level cache, and engine '"
                      + other.engine().name()
                      + "' on the same server may change them unseen",
                  "Write them through one engine only, or don't cache them"));
        }
      }
    }
  }

  private static boolean onOneServer(Examination one, Examination other) {
    return one.facts().isPresent()
        && other.facts().isPresent()
        && one.facts().orElseThrow().server().equals(other.facts().orElseThrow().server());
  }
}
