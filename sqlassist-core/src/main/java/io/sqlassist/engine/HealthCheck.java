package io.sqlassist.engine;

import io.sqlassist.engine.HealthProbe.Finding;
import io.sqlassist.observe.Observer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;

/** Asks all engines of a registry at once, within one limit. */
final class HealthCheck {

  private final Map<Engine, HealthProbe> probes = new ConcurrentHashMap<>();

  HealthReport run(List<Engine> engines, Duration limit, Observer observer) {
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException(
          "The limit of a health check must be longer than nothing, not " + limit + ".");
    }
    probes.keySet().retainAll(engines);
    long begin = System.nanoTime();
    List<HealthProbe> asked = new ArrayList<>();
    for (Engine engine : engines) {
      HealthProbe probe = probes.computeIfAbsent(engine, HealthProbe::new);
      probe.begin(limit);
      asked.add(probe);
    }
    List<EngineHealth> answers = new ArrayList<>();
    for (HealthProbe probe : asked) {
      Finding finding;
      try {
        finding = probe.await(begin, limit);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        CancellationException cancelled =
            new CancellationException("The thread was interrupted during the health check.");
        cancelled.initCause(e);
        throw cancelled;
      }
      answers.add(finding.health());
      if (probe.isNews(finding.health().problem().orElse(null))) {
        tell(finding, limit, observer);
      }
    }
    return new HealthReport(answers);
  }

  private static void tell(Finding finding, Duration limit, Observer observer) {
    String because =
        finding.failure() == null
            ? ""
            : ": " + Secrets.mask(String.valueOf(finding.failure()), null);
    String what =
        switch (finding.health().problem().orElseThrow()) {
          case NOT_STARTED -> "the engine has not started";
          case BUSY -> "no connection became free within " + limit.toMillis() + " ms";
          case TIMED_OUT -> "the database did not answer within " + limit.toMillis() + " ms";
          case FAILED -> "the database could not be reached";
        };
    observer.engineWarning(
        finding.health().engine(), "a health check found it down, since " + what + because);
  }
}
