package io.sqlassist.debugpanel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sqlassist.trace.EngineUse;
import io.sqlassist.trace.Finding;
import io.sqlassist.trace.FingerprintTotal;
import io.sqlassist.trace.Frame;
import io.sqlassist.trace.PoolSample;
import io.sqlassist.trace.PoolTrace;
import io.sqlassist.trace.Recorder;
import io.sqlassist.trace.RequestInfo;
import io.sqlassist.trace.Severity;
import io.sqlassist.trace.StatementTrace;
import io.sqlassist.trace.Trace;
import io.sqlassist.trace.TraceSummary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the JSON API answers, field by field. */
final class Views {

  private Views() {}

  static Map<String, Object> summary(TraceSummary summary) {
    Map<String, Object> view = new LinkedHashMap<>();
    RequestInfo request = summary.request();
    view.put("id", summary.id());
    view.put("sequence", summary.sequence());
    view.put("title", summary.title());
    view.put("startedAt", summary.startedAt());
    view.put("durationNanos", summary.durationNanos());
    view.put("pinned", summary.pinned());
    view.put("method", request == null ? "" : request.method());
    view.put("path", request == null ? "" : request.path());
    view.put("route", request == null ? "" : request.route());
    view.put("status", request == null ? 0 : request.status());
    view.put("totals", summary.totals());
    view.put("engines", summary.engines().stream().map(Views::use).toList());
    view.put("findings", summary.findings().stream().map(Views::shortly).toList());
    return view;
  }

  private static Map<String, Object> use(EngineUse use) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("engine", use.engine());
    view.put("state", use.state());
    view.put("statements", use.statements());
    view.put("sqlNanos", use.sqlNanos());
    return view;
  }

  private static Map<String, Object> shortly(Finding finding) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("detector", finding.detector());
    view.put("severity", finding.severity());
    view.put("engine", finding.engine());
    view.put("subject", finding.subject());
    view.put("text", finding.text());
    return view;
  }

  static Map<String, Object> whole(Trace trace) {
    Map<String, Object> view = Json.answer();
    view.put("trace", trace);
    return view;
  }

  /** A trace without its statements, which are many; of those what a picture needs. */
  static Map<String, Object> trace(Trace trace, boolean pinned, String toolbar, SourceLinks links) {
    ObjectNode tree = Json.tree(trace);
    tree.remove("statements");
    for (int i = 0; i < trace.findings().size(); i++) {
      Frame frame = trace.findings().get(i).frame();
      if (frame != null) {
        link((ObjectNode) tree.get("findings").get(i).get("frame"), frame, links);
      }
    }
    Map<String, Object> view = Json.answer();
    view.put("trace", tree);
    view.put("pinned", pinned);
    view.put("toolbar", toolbar);
    view.put("spans", spans(trace));
    return view;
  }

  private static void link(ObjectNode node, Frame frame, SourceLinks links) {
    links.to(frame).ifPresent(to -> node.put("link", to));
  }

  private static Map<String, Object> spans(Trace trace) {
    List<String> engines = trace.engines().stream().map(EngineUse::engine).toList();
    Map<String, Integer> texts = new LinkedHashMap<>();
    List<String> shown = new ArrayList<>();
    for (FingerprintTotal each : trace.fingerprints()) {
      if (texts.putIfAbsent(each.fingerprint(), shown.size()) == null) {
        shown.add(shorten(each.text()));
      }
    }
    List<long[]> items = new ArrayList<>(trace.statements().size());
    for (StatementTrace each : trace.statements()) {
      Integer text = texts.get(each.fingerprint());
      if (text == null) {
        text = shown.size();
        texts.put(each.fingerprint(), text);
        shown.add(shorten(each.sql()));
      }
      items.add(
          new long[] {
            each.index(),
            engines.indexOf(each.engine()),
            each.startNanos(),
            each.durationNanos(),
            each.failure() == null ? 0 : 1,
            text
          });
    }
    return Map.of("engines", engines, "texts", shown, "items", items);
  }

  private static String shorten(String sql) {
    return sql.length() > 300 ? sql.substring(0, 300) + " …" : sql;
  }

  /** A statement, with what belongs to it elsewhere. */
  static ObjectNode statement(Trace trace, StatementTrace statement, SourceLinks links) {
    ObjectNode tree = Json.tree(statement);
    ArrayNode frames = (ArrayNode) tree.get("frames");
    for (int i = 0; i < statement.frames().size(); i++) {
      link((ObjectNode) frames.get(i), statement.frames().get(i), links);
    }
    trace.connections().stream()
        .filter(each -> each.number() == statement.connection())
        .findFirst()
        .ifPresent(each -> tree.put("physical", each.physicalId()));
    return tree;
  }

  /**
   * The pools, and who holds their connections.
   *
   * @param samples how many of the latest samples
   */
  static Map<String, Object> pools(Recorder recorder, int samples) {
    List<PoolTrace> pools =
        recorder.pools().stream()
            .map(
                each -> {
                  List<PoolSample> all = each.samples();
                  return new PoolTrace(
                      each.engine(),
                      each.pool(),
                      each.kind(),
                      each.url(),
                      each.maxSize(),
                      each.minIdle(),
                      each.connectionTimeoutMillis(),
                      each.maxLifetimeMillis(),
                      all.subList(Math.max(0, all.size() - samples), all.size()),
                      each.acquireP50Nanos(),
                      each.acquireP95Nanos());
                })
            .toList();
    Map<String, Object> view = Json.answer();
    view.put("pools", pools);
    view.put("holders", recorder.holders());
    return view;
  }

  /** Findings of all requests, equal ones as one, the worst first. */
  static Map<String, Object> findings(List<TraceSummary> summaries) {
    record Key(String route, String detector, String engine, String subject) {}
    Map<Key, Group> groups = new LinkedHashMap<>();
    for (TraceSummary summary : summaries) {
      RequestInfo request = summary.request();
      String route =
          request == null
              ? summary.title()
              : request.method()
                  + " "
                  + (request.route().isEmpty() ? request.path() : request.route());
      for (Finding finding : summary.findings()) {
        Key key = new Key(route, finding.detector().key(), finding.engine(), finding.subject());
        groups.computeIfAbsent(key, each -> new Group(route, finding, summary.id())).add(finding);
      }
    }
    Map<String, Object> view = Json.answer();
    view.put("requests", summaries.size());
    view.put(
        "items",
        groups.values().stream()
            .sorted(
                Comparator.<Group, Severity>comparing(
                        each -> each.finding.severity(), Comparator.reverseOrder())
                    .thenComparingLong(each -> -each.costNanos)
                    .thenComparingInt(each -> -each.requests))
            .map(Group::view)
            .toList());
    return view;
  }

  /** Equal findings; the first of them is the latest. */
  private static final class Group {
    private final String route;
    private final Finding finding;
    private final String latest;
    private int requests;
    private long costNanos;

    Group(String route, Finding finding, String latest) {
      this.route = route;
      this.finding = finding;
      this.latest = latest;
    }

    void add(Finding more) {
      requests++;
      costNanos += more.costNanos();
    }

    Map<String, Object> view() {
      Map<String, Object> view = new LinkedHashMap<>();
      view.put("route", route);
      view.put("finding", finding);
      view.put("requests", requests);
      view.put("costNanos", costNanos);
      view.put("latest", latest);
      return view;
    }
  }
}
