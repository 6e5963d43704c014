package io.sqlassist.debugpanel;

import io.sqlassist.trace.ConnectionTrace;
import io.sqlassist.trace.EngineUse;
import io.sqlassist.trace.Finding;
import io.sqlassist.trace.FlushTrace;
import io.sqlassist.trace.Mark;
import io.sqlassist.trace.RequestInfo;
import io.sqlassist.trace.SessionTrace;
import io.sqlassist.trace.StatementTrace;
import io.sqlassist.trace.Trace;
import io.sqlassist.trace.TransactionTrace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A trace as a file: for an issue, for a console, for a viewer of timelines. */
final class Exports {

  private static final int MOST_STATEMENTS = 200;

  private Exports() {}

  /** How a report is written down. */
  private enum Style {
    TEXT("", "  ", "\n"),
    MARKDOWN("## ", "- ", "\n");

    final String heading;
    final String item;
    final String newLine;

    Style(String heading, String item, String newLine) {
      this.heading = heading;
      this.item = item;
      this.newLine = newLine;
    }
  }

  static String text(Trace trace) {
    return report(trace, Style.TEXT);
  }

  static String markdown(Trace trace) {
    return report(trace, Style.MARKDOWN);
  }

  private static String report(Trace trace, Style style) {
    Lines lines = new Lines(style);
    RequestInfo request = trace.request();
    lines.title(
        request == null
            ? trace.title()
            : request.method() + " " + request.path() + " -> " + request.status());
    if (request != null && !request.route().isEmpty()) {
      lines.item("route " + lines.code(request.route()));
    }
    lines.item("at " + trace.startedAt() + ", took " + time(trace.durationNanos()));
    lines.item(
        trace.totals().statements()
            + " statements ("
            + trace.totals().distinct()
            + " distinct, "
            + trace.totals().duplicates()
            + " duplicates, "
            + trace.totals().failures()
            + " failed), "
            + time(trace.totals().sqlNanos())
            + " of SQL, "
            + trace.totals().rows()
            + " rows");
    lines.item("trace " + trace.id());
    if (!trace.dropped().reason().isEmpty()) {
      lines.item("details dropped: " + trace.dropped().reason());
    }
    lines.heading("Findings");
    if (trace.findings().isEmpty()) {
      lines.item("none");
    }
    for (Finding finding : trace.findings()) {
      lines.item(
          finding.severity()
              + " "
              + finding.detector().key()
              + (finding.engine().isEmpty() ? "" : " [" + finding.engine() + "]")
              + ": "
              + lines.plain(finding.text())
              + " "
              + lines.plain(finding.suggestion())
              + (finding.frame() == null ? "" : " At " + lines.code(finding.frame().toString())));
    }
    lines.heading("Engines");
    for (EngineUse use : trace.engines()) {
      lines.item(
          use.engine()
              + " "
              + use.state()
              + ": "
              + use.statements()
              + " statements, "
              + time(use.sqlNanos())
              + " of SQL, acquired "
              + use.acquisitions()
              + " times, held "
              + time(use.heldNanos()));
    }
    lines.heading("Statements");
    if (trace.statements().isEmpty()) {
      lines.item("none");
    }
    for (StatementTrace each :
        trace.statements().subList(0, Math.min(MOST_STATEMENTS, trace.statements().size()))) {
      lines.item(
          "#"
              + each.index()
              + " ["
              + each.engine()
              + "] +"
              + time(each.startNanos())
              + ", "
              + time(each.durationNanos())
              + (each.rows() < 0 ? "" : ", " + each.rows() + " rows")
              + (each.cause() == null ? "" : ", " + each.cause().kind() + " " + each.cause().role())
              + (each.frames().isEmpty() ? "" : ", " + lines.code(each.frames().get(0).toString()))
              + (each.failure() == null ? "" : ", FAILED: " + lines.plain(each.failure().message()))
              + ": "
              + lines.code(each.sql().replaceAll("\\s+", " ")));
    }
    if (trace.totals().statements() > MOST_STATEMENTS) {
      lines.item("and " + (trace.totals().statements() - MOST_STATEMENTS) + " more");
    }
    return lines.toString();
  }

  private static String time(long nanos) {
    return String.format(Locale.ROOT, "%.2f ms", nanos / 1e6);
  }

  /** Collects lines of a report. What is shown is text, also in Markdown. */
  private static final class Lines {
    private final Style style;
    private final StringBuilder text = new StringBuilder(4_000);

    Lines(Style style) {
      this.style = style;
    }

    void title(String title) {
      text.append(style == Style.MARKDOWN ? "# " + code(title) : plain(title)).append('\n');
    }

    void heading(String heading) {
      text.append(style.newLine).append(style.heading).append(heading).append('\n');
    }

    void item(String item) {
      text.append(style.item).append(item.replaceAll("\\R", " ")).append('\n');
    }

    /** No sign in it means anything to Markdown: the fence is longer than any run of its kind. */
    String code(String code) {
      String line = code.replaceAll("\\R", " ");
      if (style == Style.TEXT) {
        return line;
      }
      String fence = "`";
      while (line.contains(fence)) {
        fence += "`";
      }
      String gap = line.startsWith("`") || line.endsWith("`") ? " " : "";
      return fence + gap + line + gap + fence;
    }

    String plain(String words) {
      return style == Style.TEXT
          ? words
          : words
              .replace("&", "&amp;")
              .replace("<", "&lt;")
              .replaceAll("([\\\\*_\\[\\]|])", "\\\\$1");
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }

  /** Chrome's trace events, understood by Perfetto and speedscope: one thread for each engine. */
  static Map<String, Object> traceEvents(Trace trace) {
    List<Map<String, Object>> events = new ArrayList<>();
    Map<String, Integer> threads = new LinkedHashMap<>();
    events.add(meta("process_name", 0, trace.title()));
    events.add(meta("thread_name", 0, "request"));
    events.add(span("request", trace.title(), 0, 0, trace.durationNanos(), Map.of()));
    for (EngineUse use : trace.engines()) {
      if (use.state() != EngineUse.State.INIT) {
        int thread = 10 * (threads.size() + 1);
        threads.put(use.engine(), thread);
        events.add(meta("thread_name", thread, use.engine()));
        events.add(meta("thread_name", thread + 1, use.engine() + " connections"));
        events.add(meta("thread_name", thread + 2, use.engine() + " transactions"));
        events.add(meta("thread_name", thread + 3, use.engine() + " SQL"));
      }
    }
    long end = trace.durationNanos();
    for (SessionTrace each : trace.sessions()) {
      int thread = threads.getOrDefault(each.engine(), 1);
      String name = "session " + each.number();
      events.add(
          span(
              "session",
              name,
              thread,
              each.openedNanos(),
              until(each.closedNanos(), end),
              Map.of()));
    }
    for (ConnectionTrace each : trace.connections()) {
      int thread = threads.getOrDefault(each.engine(), 1) + 1;
      String name = "connection " + each.physicalId();
      events.add(
          span(
              "connection",
              name,
              thread,
              each.acquiredNanos(),
              until(each.releasedNanos(), end),
              Map.of()));
    }
    for (TransactionTrace each : trace.transactions()) {
      int thread = threads.getOrDefault(each.engine(), 1) + 2;
      String name = "transaction " + each.number() + " " + each.ending();
      events.add(
          span(
              "transaction",
              name,
              thread,
              each.startNanos(),
              until(each.endNanos(), end),
              Map.of()));
    }
    for (StatementTrace each : trace.statements()) {
      int thread = threads.getOrDefault(each.engine(), 1) + 3;
      String name = each.kind() + " #" + each.index();
      long stop = each.startNanos() + each.durationNanos();
      events.add(span("sql", name, thread, each.startNanos(), stop, Map.of("sql", each.sql())));
    }
    for (FlushTrace each : trace.flushes()) {
      int thread = threads.getOrDefault(each.engine(), 1);
      long stop = each.startNanos() + each.durationNanos();
      events.add(span("flush", "flush", thread, each.startNanos(), stop, Map.of()));
    }
    for (Mark each : trace.marks()) {
      int thread = each.engine().isEmpty() ? 0 : threads.getOrDefault(each.engine(), 1) + 2;
      Map<String, Object> event = new LinkedHashMap<>();
      event.put("name", each.kind().toString());
      event.put("cat", "mark");
      event.put("ph", "i");
      event.put("s", "t");
      event.put("pid", 1);
      event.put("tid", thread);
      event.put("ts", each.startNanos() / 1e3);
      events.add(event);
    }
    Map<String, Object> file = Json.answer();
    file.put("displayTimeUnit", "ms");
    file.put("traceEvents", events);
    return file;
  }

  private static long until(long nanos, long end) {
    return nanos < 0 ? end : nanos;
  }

  private static Map<String, Object> meta(String name, int thread, String value) {
    return Map.of("name", name, "ph", "M", "pid", 1, "tid", thread, "args", Map.of("name", value));
  }

  private static Map<String, Object> span(
      String category, String name, int thread, long from, long to, Map<String, String> args) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("name", name);
    event.put("cat", category);
    event.put("ph", "X");
    event.put("pid", 1);
    event.put("tid", thread);
    event.put("ts", from / 1e3);
    event.put("dur", Math.max(0, to - from) / 1e3);
    event.put("args", args);
    return event;
  }
}
