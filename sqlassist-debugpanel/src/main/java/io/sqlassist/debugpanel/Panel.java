package io.sqlassist.debugpanel;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.sqlassist.debugpanel.EventStreams.Event;
import io.sqlassist.debugpanel.EventStreams.Topic;
import io.sqlassist.trace.Recorder;
import io.sqlassist.trace.Recording;
import io.sqlassist.trace.Trace;
import io.sqlassist.trace.TraceSummary;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The panel of one application: begins and ends the traces of its requests, and answers those that
 * are for the panel itself.
 */
final class Panel implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DebugPanelPlugin.class);
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'";
  private static final Pattern PAGE =
      Pattern.compile("|/engines(/[^/]+)?|/pools|/entities|/findings|/requests/[^/.]+");
  private static final int MOST_NOTES = 1_000;

  private final DebugPanelConfig config;
  private final Recorder recorder;
  private final Guard guard;
  private final Assets assets = new Assets();
  private final String token = Guard.newToken();
  private final Api api;
  private final EventStreams streams = new EventStreams(this::pools);
  private final Map<String, Recording> running = new ConcurrentHashMap<>();
  private final List<String> banners = new CopyOnWriteArrayList<>();
  private volatile String root; // the panel's path with the context path in front

  // Guarded by itself.
  private final Map<String, String> toolbars =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > MOST_NOTES;
        }
      };

  Panel(DebugPanelConfig config, Recorder recorder) {
    this.config = config;
    this.recorder = recorder;
    this.guard = new Guard(config);
    this.root = config.path;
    this.api = new Api(this, config, recorder);
    recorder.store().listen(this::finished);
  }

  /** The recording of the request to which a unit of work belongs. */
  static @Nullable Recording recordingOf(Object request) {
    if (request instanceof Context ctx) {
      try {
        TracedRequest traced = TracedRequest.of(ctx.req());
        return traced == null ? null : traced.recording();
      } catch (NullPointerException | IllegalStateException e) {
        return null; // a worker has outlived its request
      }
    }
    return null;
  }

  void mountedAt(String contextPath) {
    root = contextPath.equals("/") ? config.path : contextPath + config.path;
  }

  String root() {
    return root;
  }

  String token() {
    return token;
  }

  Guard guard() {
    return guard;
  }

  EventStreams streams() {
    return streams;
  }

  List<String> banners() {
    return banners;
  }

  /** Tells something in the log and on every page. */
  void warn(String text) {
    banners.add(text);
    LOG.warn("The debug panel: {}", text);
  }

  // ---- requests of the application

  void begin(Context ctx) {
    boolean mayKnow = guard.mayKnow(ctx.req());
    String title = ctx.req().getMethod() + " " + ctx.req().getRequestURI();
    Recording recording = recorder.begin(title);
    running.put(recording.id(), recording);
    TracedRequest.begin(ctx, recording, config, mayKnow, this::ended);
    if (mayKnow) {
      ResponseHeaders.begin(ctx.res(), recording.id(), link(recording));
    }
  }

  private String link(Recording recording) {
    return root + "/requests/" + recording.id();
  }

  /** After the application's last handler, before the unit of work ends and the body is sent. */
  void complete(Context ctx, TracedRequest traced) {
    traced.here();
    if (!traced.mayKnow()) {
      traced.toolbar("not shown: this client may not know of the panel");
      return;
    }
    if (config.toolbar) {
      traced.toolbar(new Toolbar(root + assets.folder() + "/toolbar.js").inject(ctx));
    } else {
      traced.toolbar("not shown: cfg.toolbar is false");
    }
    ResponseHeaders.complete(ctx.res(), traced.recording(), link(traced.recording()));
  }

  private void ended(TracedRequest traced) {
    synchronized (toolbars) {
      toolbars.put(traced.recording().id(), traced.toolbar());
    }
    running.remove(traced.recording().id());
    recorder.samplePools();
  }

  String toolbarOf(String id) {
    synchronized (toolbars) {
      return toolbars.getOrDefault(id, "");
    }
  }

  private void finished(Supplier<TraceSummary> summary) {
    streams.tell(Topic.REQUESTS, () -> event(summary.get()));
  }

  private static Event event(TraceSummary summary) {
    return new Event("request", summary.sequence(), Json.ascii(Views.summary(summary)));
  }

  /** A trace that is kept, or still runs. */
  Optional<Trace> find(String id) {
    if (id.equals("background")) {
      return Optional.of(recorder.background());
    }
    Optional<Trace> kept = recorder.store().find(id);
    return kept.isPresent() ? kept : Optional.ofNullable(running.get(id)).map(Recording::snapshot);
  }

  // ---- requests to the panel

  boolean isOwn(String uri) {
    return uri.equals(config.path) || uri.startsWith(config.path + "/");
  }

  /** Whether this client is let in. If not, he sees what he would see without a panel. */
  boolean opens(Context ctx, String uri) {
    if (guard.mayEnter(ctx.req())) {
      return true;
    }
    String offered = ctx.queryParam(Guard.TOKEN);
    return offered != null
        && isFrontDoor(uri)
        && ctx.method().equals(HandlerType.GET)
        && guard.bringsToken(ctx.req(), offered);
  }

  private boolean isFrontDoor(String uri) {
    return uri.equals(config.path) || uri.equals(config.path + "/");
  }

  void answer(Context ctx, String uri) {
    secure(ctx);
    try {
      if (isFrontDoor(uri) && ctx.queryParam(Guard.TOKEN) != null) {
        exchangeToken(ctx);
      } else {
        route(ctx, uri.substring(config.path.length()).replaceFirst("/$", ""));
      }
    } catch (RuntimeException e) {
      LOG.warn("The debug panel could not answer {} {}", ctx.method(), uri, e);
      refuse(ctx, 500, "The panel failed; the application's log says why.");
    }
  }

  private static void secure(Context ctx) {
    ctx.header("Content-Security-Policy", POLICY)
        .header("X-Content-Type-Options", "nosniff")
        .header("Referrer-Policy", "no-referrer")
        .header("Cross-Origin-Resource-Policy", "same-origin")
        .header("Cross-Origin-Opener-Policy", "same-origin")
        .header("Cache-Control", "no-store");
  }

  private void exchangeToken(Context ctx) {
    String offered = String.valueOf(ctx.queryParam(Guard.TOKEN));
    if (guard.bringsToken(ctx.req(), offered)) {
      ctx.header(
          "Set-Cookie",
          Guard.COOKIE
              + "="
              + guard.token()
              + "; Path="
              + root
              + "; HttpOnly; SameSite=Strict"
              + (ctx.req().isSecure() ? "; Secure" : ""));
    }
    ctx.status(303).header("Location", root + "/");
  }

  private void route(Context ctx, String path) {
    if (path.startsWith("/api/")) {
      api.answer(ctx, path.substring("/api".length()));
    } else if (!ctx.method().equals(HandlerType.GET)) {
      refuse(ctx, 404, "There is nothing at this address.");
    } else if (path.startsWith("/assets/")) {
      asset(ctx, path.substring("/assets/".length()));
    } else if (PAGE.matcher(path).matches()) {
      ctx.contentType("text/html; charset=utf-8").result(assets.page(root, token));
    } else if (path.startsWith("/requests/")) {
      export(ctx, path.substring("/requests/".length()));
    } else {
      ctx.status(404).contentType("text/html; charset=utf-8").result(assets.page(root, token));
    }
  }

  private void asset(Context ctx, String name) {
    Optional<Assets.Asset> found = assets.find(name);
    if (found.isEmpty()) {
      refuse(ctx, 404, "There is nothing at this address.");
      return;
    }
    ctx.header("Cache-Control", "public, max-age=31536000, immutable")
        .contentType(found.get().type())
        .result(new ByteArrayInputStream(found.get().content()));
  }

  private void export(Context ctx, String name) {
    int dot = name.indexOf('.');
    Optional<Trace> trace = find(name.substring(0, dot));
    if (trace.isEmpty()) {
      refuse(ctx, 404, Api.GONE);
      return;
    }
    switch (name.substring(dot)) {
      case ".json" -> json(ctx, Views.whole(trace.get()));
      case ".trace.json" -> json(ctx, Exports.traceEvents(trace.get()));
      case ".txt" -> text(ctx, "text/plain", Exports.text(trace.get()));
      case ".md" -> text(ctx, "text/markdown", Exports.markdown(trace.get()));
      default -> refuse(ctx, 404, "There is nothing at this address.");
    }
  }

  private static void text(Context ctx, String type, String text) {
    ctx.contentType(type + "; charset=utf-8").result(text.getBytes(StandardCharsets.UTF_8));
  }

  static void json(Context ctx, Object value) {
    text(ctx, "application/json", Json.write(value));
  }

  static void refuse(Context ctx, int status, String why) {
    Map<String, Object> answer = Json.answer();
    answer.put("error", why);
    ctx.status(status);
    json(ctx, answer);
  }

  // ---- streams

  /** What a page that listens has missed, and where it stands. */
  List<Event> missedSince(long after) {
    List<Event> events = new ArrayList<>();
    events.add(hello(false));
    recorder.store().list().stream()
        .filter(each -> each.sequence() > after)
        .sorted(Comparator.comparingLong(TraceSummary::sequence))
        .forEach(each -> events.add(event(each)));
    return events;
  }

  void cleared() {
    streams.tell(Topic.REQUESTS, () -> hello(true));
  }

  private Event hello(boolean cleared) {
    return new Event(
        "hello",
        0,
        Json.ascii(Map.of("oldest", recorder.store().oldestSequence(), "cleared", cleared)));
  }

  private Event pools() {
    recorder.samplePools();
    return new Event("pool", 0, Json.ascii(Views.pools(recorder, 1)));
  }

  /** Ends the streams, which would hold the server up. */
  @Override
  public void close() {
    streams.close();
  }
}
