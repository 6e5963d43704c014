package io.sqlassist.debugpanel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.sqlassist.debugpanel.EventStreams.Topic;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.trace.EngineInfo;
import io.sqlassist.trace.EngineUse;
import io.sqlassist.trace.Engines;
import io.sqlassist.trace.Explain;
import io.sqlassist.trace.ExplainDecision;
import io.sqlassist.trace.ExplainResult;
import io.sqlassist.trace.PoolSample;
import io.sqlassist.trace.PoolTrace;
import io.sqlassist.trace.Recorder;
import io.sqlassist.trace.RequestInfo;
import io.sqlassist.trace.SqlFormat;
import io.sqlassist.trace.StatementTrace;
import io.sqlassist.trace.Trace;
import io.sqlassist.trace.TraceSummary;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The JSON API: all that the pages use. A request names what it wants by ids and numbers; nothing
 * that it brings is ever interpreted as SQL, as an expression, a class or a file.
 */
final class Api {

  static final String TOKEN = "X-SqlAssist-Token";
  static final String GONE =
      "This request is not kept, or not any more. The panel keeps the latest requests only.";
  private static final String NOTHING = "There is nothing at this address.";
  private static final int MOST_BODY = 1_024;
  private static final int MOST_STATEMENTS = 500;

  private final Panel panel;
  private final Recorder recorder;
  private final EngineRegistry registry;
  private final SourceLinks links;
  private final Engines engines;
  private final Explain explain;
  private final boolean offersAnalyze;

  Api(Panel panel, DebugPanelConfig config, Recorder recorder) {
    this.panel = panel;
    this.recorder = recorder;
    this.registry = config.registry;
    this.links = new SourceLinks(config.sourceRoots, config.editor);
    this.engines = new Engines(registry, recorder);
    this.offersAnalyze = config.explainAnalyze;
    this.explain =
        new Explain(
            registry,
            recorder,
            settings ->
                settings
                    .enabled(config.explain)
                    .explainRemote(config.explainRemote)
                    .explainAnalyze(config.explainAnalyze));
  }

  /** Answers a request to a path such as {@code /requests/{id}}. */
  void answer(Context ctx, String path) {
    String[] parts = path.substring(1).split("/", 6);
    if (ctx.method().equals(HandlerType.GET)) {
      get(ctx, parts);
    } else if (ctx.method().equals(HandlerType.POST)) {
      if (isOurs(ctx)) {
        post(ctx, parts);
      } else {
        Panel.refuse(
            ctx, 403, "Changes need the token of the page, and a body of type application/json.");
      }
    } else {
      Panel.refuse(ctx, 404, NOTHING);
    }
  }

  /** What a page of another site can make a browser send has neither. */
  private boolean isOurs(Context ctx) {
    String type = ctx.req().getContentType();
    String token = ctx.req().getHeader(TOKEN);
    return token != null
        && Guard.same(panel.token(), token)
        && type != null
        && type.split(";", 2)[0].strip().equalsIgnoreCase("application/json");
  }

  private void get(Context ctx, String[] parts) {
    int depth = parts.length;
    switch (parts[0]) {
      case "status" -> only(ctx, depth == 1, this::status);
      case "requests" -> {
        switch (depth) {
          case 1 -> requests(ctx);
          case 2 -> request(ctx, parts[1]);
          case 3 -> ofRequest(ctx, parts[1], parts[2]);
          case 4 -> only(ctx, parts[2].equals("statements"), c -> statement(c, parts[1], parts[3]));
          default -> Panel.refuse(ctx, 404, NOTHING);
        }
      }
      case "findings" ->
          only(ctx, depth == 1, c -> Panel.json(c, Views.findings(recorder.store().list())));
      case "pools" ->
          only(
              ctx,
              depth == 1,
              c -> {
                recorder.samplePools();
                Panel.json(c, Views.pools(recorder, Integer.MAX_VALUE));
              });
      case "engines" -> {
        switch (depth) {
          case 1 -> engines(ctx);
          case 2 -> engine(ctx, decoded(parts[1]));
          default -> Panel.refuse(ctx, 404, NOTHING);
        }
      }
      case "entities" -> only(ctx, depth == 1, this::entities);
      case "events" -> only(ctx, depth == 1, this::events);
      default -> Panel.refuse(ctx, 404, NOTHING);
    }
  }

  private interface Answer {
    void to(Context ctx);
  }

  private static void only(Context ctx, boolean exists, Answer answer) {
    if (exists) {
      answer.to(ctx);
    } else {
      Panel.refuse(ctx, 404, NOTHING);
    }
  }

  private void status(Context ctx) {
    Map<String, Object> view = Json.answer();
    view.put("mode", "dev");
    view.put("paused", recorder.isPaused());
    view.put("limit", recorder.settings().requests());
    view.put("kept", recorder.store().size());
    view.put("bytes", recorder.store().bytes());
    view.put("maxBytes", recorder.settings().bytes());
    view.put("captureErrors", recorder.captureErrors());
    view.put("streams", panel.streams().size());
    view.put("engines", registry.names());
    view.put("banners", banners());
    Panel.json(ctx, view);
  }

  private List<String> banners() {
    long errors = recorder.captureErrors();
    if (errors == 0) {
      return panel.banners();
    }
    List<String> all = new ArrayList<>(panel.banners());
    all.add("Capture errors: " + errors + ". Something is missing; the log has the first of them.");
    return all;
  }

  private void requests(Context ctx) {
    long after = number(ctx, "after", 0);
    long limit = number(ctx, "limit", recorder.settings().requests());
    String engine = ctx.queryParam("engine");
    String path = ctx.queryParam("path");
    boolean onlyFindings = "1".equals(ctx.queryParam("findings"));
    List<TraceSummary> all = recorder.store().list();
    Map<String, Object> view = Json.answer();
    view.put("last", all.stream().mapToLong(TraceSummary::sequence).max().orElse(after));
    view.put("oldest", recorder.store().oldestSequence());
    view.put(
        "items",
        all.stream()
            .filter(each -> each.sequence() > after)
            .filter(each -> engine == null || used(each, engine))
            .filter(each -> path == null || isAt(each.request(), path))
            .filter(each -> !onlyFindings || !each.findings().isEmpty())
            .limit(limit)
            .map(Views::summary)
            .toList());
    Panel.json(ctx, view);
  }

  private static boolean used(TraceSummary summary, String engine) {
    return summary.engines().stream()
        .anyMatch(each -> each.engine().equals(engine) && each.state() != EngineUse.State.INIT);
  }

  private static boolean isAt(@Nullable RequestInfo request, String path) {
    return request != null && request.path().replaceFirst("\\?.*", "").equals(path);
  }

  private static long number(Context ctx, String name, long otherwise) {
    String value = ctx.queryParam(name);
    return value != null && value.matches("[0-9]{1,18}") ? Long.parseLong(value) : otherwise;
  }

  private void request(Context ctx, String id) {
    Optional<Trace> trace = panel.find(id);
    if (trace.isEmpty()) {
      Panel.refuse(ctx, 404, GONE);
      return;
    }
    boolean pinned =
        recorder.store().list().stream().anyMatch(each -> each.id().equals(id) && each.pinned());
    Panel.json(ctx, Views.trace(trace.get(), pinned, panel.toolbarOf(id), links));
  }

  private void ofRequest(Context ctx, String id, String what) {
    switch (what) {
      case "summary" ->
          recorder.store().list().stream()
              .filter(each -> each.id().equals(id))
              .findFirst()
              .ifPresentOrElse(
                  each -> Panel.json(ctx, Views.summary(each)), () -> Panel.refuse(ctx, 404, GONE));
      case "statements" -> statements(ctx, id);
      default -> Panel.refuse(ctx, 404, NOTHING);
    }
  }

  private void statements(Context ctx, String id) {
    Optional<Trace> trace = panel.find(id);
    if (trace.isEmpty()) {
      Panel.refuse(ctx, 404, GONE);
      return;
    }
    long from = number(ctx, "from", 1);
    long limit = Math.min(MOST_STATEMENTS, number(ctx, "limit", MOST_STATEMENTS));
    Map<String, Object> view = Json.answer();
    view.put(
        "items",
        trace.get().statements().stream()
            .filter(each -> each.index() >= from)
            .limit(limit)
            .toList());
    Panel.json(ctx, view);
  }

  private void statement(Context ctx, String id, String number) {
    Optional<Trace> trace = panel.find(id);
    Optional<StatementTrace> statement = trace.flatMap(each -> statement(each, number));
    if (trace.isEmpty() || statement.isEmpty()) {
      Panel.refuse(
          ctx, 404, trace.isEmpty() ? GONE : "The details of this statement are not kept.");
      return;
    }
    Map<String, Object> view = Json.answer();
    view.put("statement", Views.statement(trace.get(), statement.get(), links));
    view.put("formatted", SqlFormat.pretty(statement.get().sql()));
    if (statement.get().hasCompleteBinds() && !statement.get().truncated()) {
      view.put("runnable", SqlFormat.runnable(statement.get()));
    }
    Map<String, Object> gate = gate(explain.decide(statement.get(), false));
    Map<String, Object> analyze =
        offersAnalyze ? gate(explain.decide(statement.get(), true)) : new LinkedHashMap<>();
    analyze.put("offered", offersAnalyze);
    gate.put("analyze", analyze);
    view.put("explain", gate);
    Panel.json(ctx, view);
  }

  private static Map<String, Object> gate(ExplainDecision decision) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("allowed", decision.allowed());
    view.put("reason", decision.reason());
    return view;
  }

  /** The plan of a statement that is kept: named by two numbers, never sent along. */
  private void explain(Context ctx, String id, String number, boolean analyze) {
    Optional<ExplainResult> result =
        number.matches("[0-9]{1,9}")
            ? explain.explain(id, Integer.parseInt(number), analyze)
            : Optional.empty();
    if (result.isEmpty()) {
      Panel.refuse(ctx, 404, GONE);
      return;
    }
    ExplainResult answer = result.get();
    switch (answer.outcome()) {
      case PLAN -> {
        Map<String, Object> view = Json.answer();
        view.put("plan", answer.text());
        view.put("truncated", answer.truncated());
        view.put("millis", Math.round(answer.nanos() / 1e4) / 100.0);
        Panel.json(ctx, view);
      }
      case REFUSED -> Panel.refuse(ctx, 403, answer.text());
      case BUSY -> Panel.refuse(ctx, 503, answer.text());
      case FAILED -> Panel.refuse(ctx, 422, answer.text());
    }
  }

  private static String decoded(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private void engines(Context ctx) {
    Map<String, Object> view = Json.answer();
    view.put("items", engines.all().stream().map(this::engine).toList());
    Panel.json(ctx, view);
  }

  private ObjectNode engine(EngineInfo engine) {
    ObjectNode tree = Json.tree(engine);
    Optional<PoolTrace> pool =
        recorder.pools().stream().filter(each -> each.engine().equals(engine.name())).findFirst();
    tree.put("recorded", pool.isPresent());
    pool.map(PoolTrace::samples)
        .filter(each -> !each.isEmpty())
        .ifPresent(
            each -> {
              PoolSample latest = each.get(each.size() - 1);
              tree.putObject("pool")
                  .put("active", latest.active())
                  .put("idle", latest.idle())
                  .put("waiting", latest.waiting())
                  .put("max", latest.max());
            });
    return tree;
  }

  private void engine(Context ctx, String name) {
    engines.all().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .ifPresentOrElse(
            each -> {
              Map<String, Object> view = Json.answer();
              view.put("engine", engine(each));
              Panel.json(ctx, view);
            },
            () -> Panel.refuse(ctx, 404, "There is no engine of this name."));
  }

  private void entities(Context ctx) {
    String engine = ctx.queryParam("engine");
    if (engine == null || registry.find(engine).isEmpty()) {
      Panel.refuse(ctx, 404, "There is no engine of this name.");
      return;
    }
    Map<String, Object> view = Json.answer();
    view.put("items", engines.entities(engine));
    Panel.json(ctx, view);
  }

  private static Optional<StatementTrace> statement(Trace trace, String number) {
    return trace.statements().stream()
        .filter(each -> String.valueOf(each.index()).equals(number))
        .findFirst();
  }

  private void events(Context ctx) {
    String accept = ctx.req().getHeader("Accept");
    if (accept == null || !accept.contains("text/event-stream")) {
      Panel.refuse(ctx, 406, "This address is a stream of events.");
      return;
    }
    Topic topic = "pools".equals(ctx.queryParam("topic")) ? Topic.POOLS : Topic.REQUESTS;
    String last = ctx.req().getHeader("Last-Event-ID");
    long after =
        last != null && last.matches("[0-9]{1,18}")
            ? Long.parseLong(last)
            : number(ctx, "after", 0);
    boolean opened =
        panel
            .streams()
            .open(
                ctx,
                topic,
                after,
                () -> topic == Topic.REQUESTS ? panel.missedSince(after) : List.of());
    if (!opened) {
      Panel.refuse(ctx, 429, "Too many pages listen; this one asks from time to time.");
    }
  }

  private void post(Context ctx, String[] parts) {
    Optional<JsonNode> body = body(ctx);
    if (body.isEmpty()) {
      Panel.refuse(ctx, 400, "The body is no JSON object of at most " + MOST_BODY + " bytes.");
    } else if (parts.length == 1 && parts[0].equals("capture")) {
      recorder.pause(body.get().path("paused").asBoolean(false));
      Map<String, Object> view = Json.answer();
      view.put("paused", recorder.isPaused());
      Panel.json(ctx, view);
    } else if (parts.length == 1 && parts[0].equals("clear")) {
      recorder.store().clear();
      panel.cleared();
      Panel.json(ctx, Json.answer());
    } else if (parts.length == 3 && parts[0].equals("requests") && parts[2].equals("pin")) {
      pin(ctx, parts[1], body.get().path("pinned").asBoolean(true));
    } else if (parts.length == 5
        && parts[0].equals("requests")
        && parts[2].equals("statements")
        && parts[4].equals("explain")) {
      explain(ctx, parts[1], parts[3], body.get().path("analyze").asBoolean(false));
    } else {
      Panel.refuse(ctx, 404, NOTHING);
    }
  }

  private void pin(Context ctx, String id, boolean wanted) {
    boolean done = wanted ? recorder.store().pin(id) : recorder.store().unpin(id);
    if (done) {
      Map<String, Object> view = Json.answer();
      view.put("pinned", wanted);
      Panel.json(ctx, view);
    } else if (recorder.store().find(id).isPresent()) {
      Panel.refuse(
          ctx, 409, "At most " + recorder.settings().pinned() + " requests can be pinned.");
    } else {
      Panel.refuse(ctx, 404, GONE);
    }
  }

  private static Optional<JsonNode> body(Context ctx) {
    try (InputStream in = ctx.req().getInputStream()) {
      byte[] bytes = in.readNBytes(MOST_BODY + 1);
      JsonNode node =
          bytes.length == 0 || bytes.length > MOST_BODY
              ? MissingNode.getInstance()
              : Json.read(bytes);
      return node.isObject() ? Optional.of(node) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
