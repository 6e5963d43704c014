package io.sqlassist.trace;

import io.sqlassist.trace.Entries.OfConnection;
import io.sqlassist.trace.Entries.OfSession;
import io.sqlassist.trace.Entries.OfUnit;
import io.sqlassist.trace.Evidence.Group;
import io.sqlassist.trace.Evidence.OfFingerprint;
import io.sqlassist.trace.Evidence.Tally;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks for what should be looked at. Each finding has evidence; a suspicion says that it is one.
 */
final class Detectors {

  private static final int N_PLUS_ONE = 3;
  private static final int REPEATED = 5;

  /** What there is to look at. */
  record View(
      Evidence evidence,
      Bounded<OfSession> sessions,
      Bounded<OfConnection> connections,
      Bounded<OfUnit> units,
      Map<String, Tally> slowAcquires,
      Map<String, Tally> heldIdle,
      Map<String, Tally> nested,
      Map<String, Tally> toggled,
      long finishedAt) {}

  private final View view;
  private final RecorderSettings settings;
  private final List<Finding> findings = new ArrayList<>();

  private Detectors(View view, RecorderSettings settings) {
    this.view = view;
    this.settings = settings;
  }

  static List<Finding> run(View view, RecorderSettings settings) {
    Detectors detectors = new Detectors(view, settings);
    detectors.lookAtStatements();
    detectors.lookAtConnections();
    detectors.lookAtSessions();
    detectors.lookAtUnits();
    detectors.findings.sort(
        Comparator.comparing(Finding::severity)
            .reversed()
            .thenComparing(Comparator.comparingLong(Finding::costNanos).reversed())
            .thenComparing(Finding::detector));
    return List.copyOf(detectors.findings);
  }

  static boolean isHeldIdle(long heldNanos, long busyNanos, RecorderSettings settings) {
    return heldNanos >= settings.heldIdleNanos() && busyNanos < heldNanos / 10;
  }

  private void lookAtStatements() {
    Map<String, Map<Cause, Tally>> lazy = new LinkedHashMap<>();
    for (OfFingerprint of : view.evidence().fingerprints()) {
      for (Map.Entry<Object, Group> each : of.groups.entrySet()) {
        Group group = each.getValue();
        if (each.getKey() instanceof Cause cause) {
          merge(
              lazy.computeIfAbsent(of.engine, e -> new LinkedHashMap<>())
                  .computeIfAbsent(cause, c -> new Tally()),
              group.tally);
        } else {
          repeated(of, group);
        }
      }
      duplicates(of);
      slow(of);
      large(of);
      failed(of);
    }
    lazy.forEach((engine, causes) -> causes.forEach((cause, tally) -> lazy(engine, cause, tally)));
  }

  private static void merge(Tally into, Tally from) {
    into.count += from.count;
    into.nanos += from.nanos;
    for (Integer number : from.numbers) {
      if (into.numbers.size() < Evidence.MAX_NUMBERS) {
        into.numbers.add(number);
      }
    }
    if (into.frame == null) {
      into.frame = from.frame;
    }
  }

  private void lazy(String engine, Cause cause, Tally tally) {
    if (tally.count < N_PLUS_ONE) {
      return;
    }
    boolean collection = cause.kind() == Cause.Kind.LAZY_COLLECTION;
    add(
        Detector.N_PLUS_ONE,
        Severity.WARNING,
        engine,
        cause.role(),
        "`"
            + cause.role()
            + "` "
            + (collection ? "initialised " : "loaded lazily ")
            + times(tally.count)
            + ", "
            + millis(tally.nanos)
            + from(tally.frame)
            + ".",
        collection
            ? "Try `join fetch` in the query, an entity graph, `@BatchSize` on the collection, or"
                + " `hibernate.default_batch_fetch_size`."
            : "Try `join fetch` of the association in the query, an entity graph, `@BatchSize` on"
                + " the entity class, or `hibernate.default_batch_fetch_size`.",
        tally,
        "");
  }

  private void repeated(OfFingerprint of, Group group) {
    boolean onlyPlace =
        of.groups.keySet().stream().filter(each -> each instanceof Frame).count() == 1;
    long count = group.tally.count + (onlyPlace ? of.unplaced : 0);
    boolean differs = group.bindsDiffer;
    if (count < REPEATED || !differs || of.shape.kind() != StatementKind.SELECT) {
      return;
    }
    Tally tally = new Tally();
    merge(tally, group.tally);
    tally.count = count;
    if (onlyPlace) {
      tally.nanos = of.totalNanos;
    }
    add(
        Detector.REPEATED_STATEMENT,
        Severity.WARNING,
        of.engine,
        of.shape.fingerprintText(),
        "One statement ran "
            + times(count)
            + " with different values, "
            + millis(tally.nanos)
            + from(tally.frame)
            + ": a loop that asks the database each time, as it seems.",
        "Ask once for all: with `in (...)` or `findMultiple`, with a join, or by fetching the"
            + " association with its owner.",
        tally,
        of.shape.fingerprintText());
  }

  private void duplicates(OfFingerprint of) {
    Tally tally = of.duplicate;
    if (tally == null) {
      return;
    }
    add(
        Detector.DUPLICATE_STATEMENT,
        Severity.WARNING,
        of.engine,
        of.shape.fingerprintText(),
        "The same statement with the same values ran "
            + times(tally.count)
            + " more than needed, "
            + millis(tally.nanos)
            + from(tally.frame)
            + "; nothing was written in between.",
        "Keep the first answer in a variable, or hand it on to where it is asked for again.",
        tally,
        of.shape.fingerprintText());
  }

  private void slow(OfFingerprint of) {
    Tally tally = of.slow;
    if (tally == null) {
      return;
    }
    add(
        Detector.SLOW_STATEMENT,
        Severity.WARNING,
        of.engine,
        of.shape.fingerprintText(),
        tally.count == 1
            ? "A statement took " + millis(tally.largest) + from(tally.frame) + "."
            : times(tally.count)
                + " a statement took up to "
                + millis(tally.largest)
                + from(tally.frame)
                + ".",
        "Look at its plan with EXPLAIN: an index may be missing. If it waited for a lock, look at"
            + " who held it.",
        tally,
        of.shape.fingerprintText());
  }

  private void large(OfFingerprint of) {
    Tally tally = of.large;
    if (tally == null) {
      return;
    }
    add(
        Detector.LARGE_RESULT,
        Severity.WARNING,
        of.engine,
        of.shape.fingerprintText(),
        "A result of " + tally.largest + " rows was read.",
        "Ask for a page of it with `setMaxResults`, for the sum instead of the parts, or stream it"
            + " if all of it is wanted.",
        tally,
        of.shape.fingerprintText());
  }

  private void failed(OfFingerprint of) {
    Tally tally = of.failed;
    Failure failure = of.lastFailure;
    if (tally == null || failure == null) {
      return;
    }
    add(
        Detector.FAILED_STATEMENT,
        Severity.ERROR,
        of.engine,
        of.shape.fingerprintText(),
        "A statement failed "
            + times(tally.count)
            + from(tally.frame)
            + ": "
            + failure.message()
            + (failure.sqlState() == null ? "" : " [" + failure.sqlState() + "]"),
        "If this failure is expected, ask first (`where not exists`, `on conflict`), or put the"
            + " statement into a savepoint block.",
        tally,
        of.shape.fingerprintText());
  }

  private void lookAtConnections() {
    view.slowAcquires()
        .forEach(
            (engine, tally) ->
                add(
                    Detector.SLOW_ACQUIRE,
                    Severity.WARNING,
                    engine,
                    engine,
                    "A connection was waited for "
                        + times(tally.count)
                        + ", up to "
                        + millis(tally.largest)
                        + from(tally.frame)
                        + ".",
                    "Look at who holds the pool's connections, and for how long. A larger pool helps"
                        + " only if the database has room for it.",
                    withoutNumbers(tally),
                    ""));
    Map<String, Tally> idle = new LinkedHashMap<>();
    view.heldIdle().forEach((engine, tally) -> merge(tally(idle, engine), tally));
    if (view.finishedAt() != Entries.OPEN) {
      stillHeld(idle);
    }
    idle.forEach(
        (engine, tally) ->
            add(
                Detector.CONNECTION_HELD_IDLE,
                Severity.WARNING,
                engine,
                engine,
                "A connection was held for "
                    + millis(tally.nanos)
                    + " in which the database had nothing to do"
                    + from(tally.frame)
                    + ".",
                "Do the slow thing, a remote call for one, before the first statement or after the"
                    + " commit, so that others can use the connection meanwhile.",
                withoutNumbers(tally),
                ""));
    view.nested()
        .forEach(
            (engine, tally) ->
                add(
                    Detector.NESTED_ACQUISITION,
                    Severity.WARNING,
                    engine,
                    engine,
                    times(tally.count)
                        + " a connection was taken from the pool of '"
                        + engine
                        + "' while another one of the same pool was held"
                        + from(tally.frame)
                        + ".",
                    "If as many requests do that at once as the pool has connections, all of them"
                        + " wait for each other. Use one session for both, or end the first before"
                        + " the second begins.",
                    withoutNumbers(tally),
                    ""));
    view.toggled()
        .forEach(
            (engine, tally) ->
                add(
                    Detector.AUTOCOMMIT_TOGGLING,
                    Severity.INFO,
                    engine,
                    engine,
                    "Autocommit was switched "
                        + times(tally.count)
                        + ", "
                        + millis(tally.nanos)
                        + ".",
                    "Give the pool `autoCommit=false`, and outside of SqlAssist's engines Hibernate"
                        + " the setting `hibernate.connection.provider_disables_autocommit=true`.",
                    withoutNumbers(tally),
                    ""));
  }

  private void stillHeld(Map<String, Tally> idle) {
    for (OfConnection each : view.connections()) {
      boolean heldAtEnd =
          each.acquisition.failure() == null
              && (each.released == Entries.OPEN || each.released - view.finishedAt() > 0)
              && each.acquisition.acquired() - view.finishedAt() <= 0;
      if (!heldAtEnd) {
        continue;
      }
      List<Frame> frames = each.acquisition.frames();
      Frame frame = frames.isEmpty() ? null : frames.get(0);
      Tally tally = new Tally();
      tally.add(each.number, 0, 0, frame);
      add(
          Detector.CONNECTION_NOT_RELEASED,
          Severity.ERROR,
          each.engine,
          each.engine,
          "A connection of '"
              + each.engine
              + "' was held when the request had ended"
              + from(frame)
              + ".",
          "Close what holds it: sessions that you open yourself with try-with-resources. Those of a"
              + " unit of work are closed for you.",
          withoutNumbers(tally),
          "");
      long held = view.finishedAt() - each.acquisition.acquired();
      if (each.released == Entries.OPEN && isHeldIdle(held, each.busyNanos, settings)) {
        tally(idle, each.engine).add(each.number, held - each.busyNanos, held, frame);
      }
    }
  }

  private void lookAtSessions() {
    for (OfSession each : view.sessions()) {
      boolean openAtEnd =
          view.finishedAt() != Entries.OPEN
              && each.opened - view.finishedAt() <= 0
              && (each.closed == Entries.OPEN || each.closed - view.finishedAt() > 0);
      if (openAtEnd) {
        add(
            Detector.SESSION_LEFT_OPEN,
            Severity.ERROR,
            each.engine,
            each.engine,
            "A session of '" + each.engine + "' was open when the request had ended.",
            "A worker may have outlived the request, or a unit of work was opened by hand and not"
                + " closed: use inUnit, or try-with-resources.",
            new Tally(),
            "");
      } else if (each.closed != Entries.OPEN
          && each.acquisitions == 0
          && each.statements == 0
          && !each.answeredByCache) {
        add(
            Detector.UNUSED_SESSION,
            Severity.INFO,
            each.engine,
            each.engine,
            "A session of '" + each.engine + "' was opened, and nothing was done with it.",
            "Nothing is lost but a little time: ask for the session where it is used.",
            new Tally(),
            "");
      }
      if (each.autoFlushes > settings.autoFlushes()) {
        Tally tally = new Tally();
        tally.count = each.autoFlushes;
        tally.nanos = each.autoFlushNanos;
        add(
            Detector.FLUSH_STORM,
            Severity.WARNING,
            each.engine,
            each.engine,
            "A session of '"
                + each.engine
                + "' was flushed before a query "
                + times(each.autoFlushes)
                + ", "
                + millis(each.autoFlushNanos)
                + ", and compared all "
                + each.entities
                + " entities it manages each time.",
            "Query first and change afterwards; or load what is only read as read-only, or through"
                + " the reader.",
            tally,
            "");
      }
    }
  }

  private void lookAtUnits() {
    for (OfUnit each : view.units()) {
      if (each.written.size() > 1) {
        String engines =
            each.written.keySet().stream()
                .map(e -> "'" + e + "'")
                .collect(Collectors.joining(", "));
        add(
            Detector.NOT_ATOMIC,
            Severity.WARNING,
            "",
            String.join(",", each.written.keySet()),
            "The engines "
                + engines
                + " committed one after the other: if the second commit fails,"
                + " the first one stays.",
            "Let them commit together through JTA, or write so that the first alone does no harm:"
                + " an outbox for one.",
            new Tally(),
            "");
      }
    }
  }

  private void add(
      Detector detector,
      Severity severity,
      String engine,
      String subject,
      String text,
      String suggestion,
      Tally tally,
      String fingerprint) {
    if (isIgnored(fingerprint, tally.frame)) {
      return;
    }
    findings.add(
        new Finding(
            detector,
            severity,
            engine,
            subject,
            text,
            suggestion,
            Math.max(1, tally.count),
            tally.nanos,
            List.copyOf(tally.numbers),
            tally.frame));
  }

  private boolean isIgnored(String fingerprint, @Nullable Frame frame) {
    for (String each : settings.ignored()) {
      boolean place =
          frame != null
              && (each.equals(frame.className())
                  || each.equals(frame.className() + "." + frame.method()));
      if (place || each.equals(fingerprint)) {
        return true;
      }
    }
    return false;
  }

  /** For tallies that count connections, whose numbers are no statements. */
  private static Tally withoutNumbers(Tally tally) {
    Tally without = new Tally();
    without.count = tally.count;
    without.nanos = tally.nanos;
    without.largest = tally.largest;
    without.frame = tally.frame;
    return without;
  }

  private static Tally tally(Map<String, Tally> of, String engine) {
    return of.computeIfAbsent(engine, name -> new Tally());
  }

  private static String times(long count) {
    return count == 1 ? "once" : count + " times";
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, nanos < 10_000_000 ? "%.1f ms" : "%.0f ms", nanos / 1e6);
  }

  private static String from(@Nullable Frame frame) {
    if (frame == null) {
      return "";
    }
    return frame.file() == null
        ? ", from " + frame.className() + "." + frame.method()
        : ", from " + frame.file() + ":" + frame.line();
  }
}
