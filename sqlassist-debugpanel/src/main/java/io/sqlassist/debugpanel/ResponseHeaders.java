package io.sqlassist.debugpanel;

import io.sqlassist.trace.EngineUse;
import io.sqlassist.trace.Recording;
import io.sqlassist.trace.Totals;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is told of a request in its answer: its id, where to look, and numbers. Never SQL. */
final class ResponseHeaders {

  static final String ID = "X-SqlAssist-Request";
  static final String LINK = "X-SqlAssist-Link";
  private static final String TIMING = "Server-Timing";

  /** Of all that is added, names and line ends included. */
  private static final int MOST_BYTES = 512;

  private ResponseHeaders() {}

  /** At the beginning of the request, for answers that are streamed. */
  static void begin(HttpServletResponse response, String id, String link) {
    response.setHeader(ID, id);
    response.setHeader(LINK, link);
    response.addHeader(TIMING, identity(id));
  }

  /** With the numbers that are known before the body is sent. */
  static void complete(HttpServletResponse response, Recording recording, String link) {
    if (response.isCommitted()) {
      return;
    }
    List<String> others = new ArrayList<>(response.getHeaders(TIMING));
    others.removeIf(each -> each.equals(identity(recording.id())));
    others.add(timing(recording, link));
    response.setHeader(ID, recording.id());
    response.setHeader(LINK, link);
    response.setHeader(TIMING, others.get(0));
    others.stream().skip(1).forEach(each -> response.addHeader(TIMING, each));
  }

  private static String identity(String id) {
    return "sqlassist;desc=\"" + id + "\"";
  }

  private static String timing(Recording recording, String link) {
    Totals totals = recording.totals();
    StringBuilder value = new StringBuilder(identity(recording.id()));
    value.append(metric("sqlassist-sql", totals.sqlNanos(), totals.statements()));
    int room = MOST_BYTES - overhead(link);
    for (EngineUse use : recording.engines()) {
      if (use.state() != EngineUse.State.INIT) {
        String more = metric("sqlassist-" + token(use.engine()), use.sqlNanos(), use.statements());
        if (value.length() + more.length() <= room) {
          value.append(more);
        }
      }
    }
    return value.toString();
  }

  private static int overhead(String link) {
    return (ID + ": " + "0".repeat(32) + "\r\n" + LINK + ": " + link + "\r\n" + TIMING + ": \r\n")
        .getBytes(StandardCharsets.UTF_8)
        .length;
  }

  private static String metric(String name, long nanos, long statements) {
    return String.format(
        Locale.ROOT,
        ", %s;dur=%.1f;desc=\"%d statement%s\"",
        name,
        nanos / 1e6,
        statements,
        statements == 1 ? "" : "s");
  }

  /** The name of an engine may be anything; that of a metric may not. */
  private static String token(String engine) {
    String token = engine.replaceAll("[^A-Za-z0-9_.-]", "-");
    return token.length() > 40 ? token.substring(0, 40) : token;
  }
}
