package io.sqlassist.debugpanel;

import io.sqlassist.trace.EngineUse;
import io.sqlassist.trace.Recording;
import io.sqlassist.trace.Totals;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What is told of a request in its answer: its id, where to look, and numbers. Never SQL. */
final class ResponseHeaders {

  static final String ID = "X-SqlAssist-Request";
  static final String LINK = "X-SqlAssist-Link";
  private static final String TIMING = "Server-Timing";

  /** Of all that is added, names and line ends included. */
  private static final int MOST_BYTES = 512;

  private static final int FIXED_BYTES =
      (ID + ": " + "0".repeat(32) + "\r\n" + LINK + ": \r\n" + TIMING + ": \r\n").length();

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
    StringBuilder value = new StringBuilder(256).append(identity(recording.id()));
    metric(value, "sqlassist-sql", totals.sqlNanos(), totals.statements());
    int room = MOST_BYTES - FIXED_BYTES - link.getBytes(StandardCharsets.UTF_8).length;
    for (EngineUse use : recording.engines()) {
      if (use.state() != EngineUse.State.INIT) {
        int length = value.length();
        metric(value, "sqlassist-" + token(use.engine()), use.sqlNanos(), use.statements());
        if (value.length() > room) {
          value.setLength(length);
        }
      }
    }
    return value.toString();
  }

  private static void metric(StringBuilder to, String name, long nanos, long statements) {
    long tenths = (nanos + 50_000) / 100_000; // of a millisecond
    to.append(", ").append(name);
    to.append(";dur=").append(tenths / 10).append('.').append(tenths % 10);
    to.append(";desc=\"").append(statements).append(" statement");
    to.append(statements == 1 ? "\"" : "s\"");
  }

  /** The name of an engine may be anything; that of a metric may not. */
  private static String token(String engine) {
    StringBuilder token = new StringBuilder(40);
    for (int i = 0; i < engine.length() && i < 40; i++) {
      char c = engine.charAt(i);
      boolean fits =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "_.-".indexOf(c) >= 0;
      token.append(fits ? c : '-');
    }
    return token.toString();
  }
}
