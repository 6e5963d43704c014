package io.sqlassist.debugpanel;

import io.javalin.http.Context;
import io.javalin.router.Endpoint;
import io.sqlassist.trace.Attachment;
import io.sqlassist.trace.Recording;
import io.sqlassist.trace.RequestInfo;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request of the application, from its first stage to its last. */
final class TracedRequest {

  private static final String ATTRIBUTE = "io.sqlassist.debugpanel.request";

  /** Never shown, whatever the settings say. */
  private static final Set<String> SECRET_HEADERS =
      Set.of("authorization", "proxy-authorization", "cookie", "set-cookie");

  private final Context ctx;
  private final Recording recording;
  private final Attachment attachment;
  private final String method;
  private final String path;
  private final Map<String, String> headers;
  private final String attribute;
  private final boolean mayKnow;
  private final Consumer<TracedRequest> finished;
  private final Set<String> threads = Collections.synchronizedSet(new LinkedHashSet<>());
  private volatile String toolbar = "not shown: the answer was already sent, or no stage saw it";
  private boolean over;

  private TracedRequest(
      Context ctx,
      Recording recording,
      DebugPanelConfig config,
      boolean mayKnow,
      Consumer<TracedRequest> finished) {
    this.ctx = ctx;
    this.recording = recording;
    this.method = ctx.req().getMethod();
    this.path = path(ctx.req());
    this.headers = headers(ctx.req(), config.shownHeaders);
    this.attribute = config.attribute;
    this.mayKnow = mayKnow;
    this.finished = finished;
    this.attachment = recording.attach();
  }

  /** Begins it, on the thread that serves it first. */
  static void begin(
      Context ctx,
      Recording recording,
      DebugPanelConfig config,
      boolean mayKnow,
      Consumer<TracedRequest> finished) {
    TracedRequest traced = new TracedRequest(ctx, recording, config, mayKnow, finished);
    ctx.req().setAttribute(ATTRIBUTE, traced);
    traced.here();
    traced.describe(0, "");
  }

  static @Nullable TracedRequest of(HttpServletRequest request) {
    return request.getAttribute(ATTRIBUTE) instanceof TracedRequest traced ? traced : null;
  }

  Recording recording() {
    return recording;
  }

  /** Whether the client may be told that there is a panel. */
  boolean mayKnow() {
    return mayKnow;
  }

  String toolbar() {
    return toolbar;
  }

  void toolbar(String became) {
    toolbar = became;
  }

  /** Notes that the current thread works for this request. */
  void here() {
    threads.add(Thread.currentThread().getName());
  }

  /** The thread that began the request leaves it; the request may go on. */
  void leaveThread() {
    attachment.close();
  }

  /** Ends the trace. A second call does nothing. */
  void finish() {
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
    }
    here();
    int status = 0;
    String route = "";
    try {
      status = ctx.res().getStatus();
      Endpoint endpoint = ctx.endpoints().matchedHttpEndpoint();
      route = endpoint == null ? "" : endpoint.path;
    } catch (IllegalStateException | NullPointerException e) {
      // Jetty has taken the request back already; what is known has to do.
    }
    describe(status, route);
    recording.close();
    finished.accept(this);
  }

  private void describe(int status, String route) {
    List<String> names;
    synchronized (threads) {
      names = List.copyOf(threads);
    }
    recording.describe(new RequestInfo(method, path, route, status, names, headers, attribute));
  }

  /** The path, and the names in the query; their values may be secrets. */
  private static String path(HttpServletRequest request) {
    String query = request.getQueryString();
    if (query == null || query.isEmpty()) {
      return request.getRequestURI();
    }
    List<String> names = new ArrayList<>();
    for (String part : query.split("&", 50)) {
      int equals = part.indexOf('=');
      names.add(equals < 0 ? "…" : part.substring(0, equals) + "=");
    }
    return request.getRequestURI() + "?" + String.join("&", names);
  }

  private static Map<String, String> headers(HttpServletRequest request, List<String> shown) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String name : Collections.list(request.getHeaderNames())) {
      String lower = name.toLowerCase(Locale.ROOT);
      boolean show = shown.contains(lower) && !SECRET_HEADERS.contains(lower);
      headers.put(name, show ? String.valueOf(request.getHeader(name)) : "");
    }
    return headers;
  }
}
