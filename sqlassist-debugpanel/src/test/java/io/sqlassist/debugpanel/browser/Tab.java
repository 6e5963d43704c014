package io.sqlassist.debugpanel.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * A tab of the browser, and what happened in it.
 *
 * <p>Used by one thread; what happens is noted by another.
 */
public final class Tab implements AutoCloseable {

  /** Makes pages as slow as on a machine that is so many times slower: {@code 6}. */
  private static final double SLOWER =
      Double.parseDouble(System.getProperty("browser.slower", "1"));

  /** Lets each answer come so many milliseconds later. */
  private static final double LATENCY =
      Double.parseDouble(System.getProperty("browser.latency", "0"));

  private static final Map<String, Integer> KEYS =
      Map.ofEntries(
          Map.entry("Tab", 9),
          Map.entry("Enter", 13),
          Map.entry("Escape", 27),
          Map.entry(" ", 32),
          Map.entry("End", 35),
          Map.entry("Home", 36),
          Map.entry("ArrowLeft", 37),
          Map.entry("ArrowUp", 38),
          Map.entry("ArrowRight", 39),
          Map.entry("ArrowDown", 40));

  /**
   * What axe can't decide for a reason that is known: single digits, marks that are hidden from
   * readers, and text in pictures, of which it does not know the background.
   */
  private static final String EXPLAINED =
      "/only non-text characters|too short to determine|contains an image node/";

  private static final String AXE = axe();

  private final Chromium browser;
  private final String context;
  private final String target;
  private final String session;
  private final List<String> messages = new CopyOnWriteArrayList<>();
  private final List<String> dialogs = new CopyOnWriteArrayList<>();
  private final List<String> requested = new CopyOnWriteArrayList<>();
  private final Map<String, String> addresses = new ConcurrentHashMap<>();
  private final List<String> received = new CopyOnWriteArrayList<>();
  private boolean closed;

  Tab(Chromium browser, String context, String target, String session) {
    this.browser = browser;
    this.context = context;
    this.target = target;
    this.session = session;
  }

  private static String axe() {
    try (InputStream in = Tab.class.getResourceAsStream("/axe.min.js")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String context() {
    return context;
  }

  String session() {
    return session;
  }

  void prepare() {
    send("Page.enable");
    send("Runtime.enable");
    send("Log.enable");
    send("Network.enable");
    send("Performance.enable", Chromium.object().put("timeDomain", "threadTicks"));
    size(1280, 900);
    if (SLOWER != 1) {
      send("Emulation.setCPUThrottlingRate", Chromium.object().put("rate", SLOWER));
    }
    if (LATENCY != 0) {
      send(
          "Network.emulateNetworkConditions",
          Chromium.object()
              .put("offline", false)
              .put("latency", LATENCY)
              .put("downloadThroughput", -1)
              .put("uploadThroughput", -1));
    }
  }

  private JsonNode send(String method) {
    return send(method, Chromium.object());
  }

  private JsonNode send(String method, ObjectNode parameters) {
    return browser.send(session, method, parameters);
  }

  void happened(String method, JsonNode what) {
    switch (method) {
      case "Runtime.exceptionThrown" ->
          messages.add(
              "exception: "
                  + what.path("exceptionDetails").path("exception").path("description").asText());
      case "Runtime.consoleAPICalled" ->
          messages.add(what.path("type").asText() + ": " + what.path("args"));
      case "Log.entryAdded" ->
          messages.add(
              what.path("entry").path("source").asText()
                  + ": "
                  + what.path("entry").path("text").asText()
                  + " "
                  + what.path("entry").path("url").asText());
      case "Network.requestWillBeSent" -> {
        String address = what.path("request").path("url").asText();
        requested.add(address);
        addresses.put(what.path("requestId").asText(), address);
      }
      case "Network.loadingFinished" -> received.add(what.path("requestId").asText());
      case "Page.javascriptDialogOpening" -> {
        dialogs.add(what.path("message").asText());
        CompletableFuture.runAsync(
            () -> send("Page.handleJavaScriptDialog", Chromium.object().put("accept", false)));
      }
      default -> {
        // Of no interest.
      }
    }
  }

  /** What the page, or the browser about the page, wrote to the console. */
  public List<String> messages() {
    return List.copyOf(messages);
  }

  /** Texts of dialogs that the page opened. */
  public List<String> dialogs() {
    return List.copyOf(dialogs);
  }

  /** Addresses of everything that was requested. */
  public List<String> requested() {
    return List.copyOf(requested);
  }

  /**
   * What the browser was sent since the last call, by address. To be asked before leaving a page.
   */
  public Map<String, String> bodies() {
    Map<String, String> bodies = new HashMap<>();
    List<String> ids = List.copyOf(received);
    received.removeAll(ids);
    for (String id : ids) {
      try {
        String body =
            send("Network.getResponseBody", Chromium.object().put("requestId", id))
                .path("body")
                .asText();
        bodies.merge(addresses.getOrDefault(id, ""), body, String::concat);
      } catch (IllegalStateException e) {
        // It has forgotten that one, with the page that it belonged to.
      }
    }
    return bodies;
  }

  /**
   * Opens an address and waits until it is loaded; pages of the panel also until they are drawn.
   */
  public Tab open(String address) {
    eval("window.__before = true");
    send("Page.navigate", Chromium.object().put("url", address));
    waitFor("!window.__before && document.readyState === 'complete'");
    waitFor(
        "!document.querySelector('meta[name=sqlassist-token]') || document.documentElement.dataset.ready === '1'");
    return this;
  }

  /** Runs a script in each page before its own ones. */
  public Tab first(String script) {
    send("Page.addScriptToEvaluateOnNewDocument", Chromium.object().put("source", script));
    return this;
  }

  /**
   * For how many milliseconds a processor has worked for the page, without those for which the page
   * had to wait for a processor, or was slowed down.
   */
  public double workMillis() {
    for (JsonNode each : send("Performance.getMetrics").get("metrics")) {
      if (each.get("name").asText().equals("ThreadTime")) {
        return each.get("value").asDouble() * 1_000 / SLOWER;
      }
    }
    throw new IllegalStateException("The browser does not tell ThreadTime.");
  }

  /** Evaluates an expression, or a promise, to something that JSON can say. */
  public JsonNode eval(String expression) {
    JsonNode answer =
        send(
            "Runtime.evaluate",
            Chromium.object()
                .put("expression", expression)
                .put("awaitPromise", true)
                .put("returnByValue", true)
                .put("userGesture", true));
    if (answer.has("exceptionDetails")) {
      throw new IllegalStateException(
          expression + ": " + answer.get("exceptionDetails").path("exception").path("description"));
    }
    return answer.path("result").path("value");
  }

  /** Evaluates to text. */
  public String text(String expression) {
    return eval(expression).asText();
  }

  /** The text of the whole page. */
  public String page() {
    return text("document.body.innerText");
  }

  /** Waits until an expression is true. */
  public void waitFor(String expression) {
    long end = System.nanoTime() + Chromium.LIMIT.toNanos();
    while (true) {
      JsonNode now = null;
      try {
        now = eval("(() => { try { return !!(" + expression + "); } catch { return false; } })()");
      } catch (IllegalStateException e) {
        // The page is being replaced by another.
      }
      if (now != null && now.asBoolean()) {
        return;
      }
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "Not within "
                + Chromium.LIMIT
                + ": "
                + expression
                + "\nconsole: "
                + messages
                + "\npage: "
                + safePage());
      }
      LockSupport.parkNanos(15_000_000);
    }
  }

  private String safePage() {
    try {
      return page();
    } catch (IllegalStateException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Presses a key, wherever the focus is. */
  public void press(String key) {
    int code = KEYS.get(key);
    String text = key.equals("Enter") ? "\r" : key.equals(" ") ? " " : "";
    ObjectNode down =
        Chromium.object()
            .put("type", text.isEmpty() ? "rawKeyDown" : "keyDown")
            .put("key", key)
            .put("code", key.equals(" ") ? "Space" : key)
            .put("windowsVirtualKeyCode", code);
    if (!text.isEmpty()) {
      down.put("text", text);
    }
    send("Input.dispatchKeyEvent", down);
    send(
        "Input.dispatchKeyEvent",
        Chromium.object().put("type", "keyUp").put("key", key).put("windowsVirtualKeyCode", code));
  }

  /** Sets the size of the page. */
  public Tab size(int width, int height) {
    send(
        "Emulation.setDeviceMetricsOverride",
        Chromium.object()
            .put("width", width)
            .put("height", height)
            .put("deviceScaleFactor", 1)
            .put("mobile", false));
    return this;
  }

  /** Tells the page what its reader prefers, such as {@code prefers-color-scheme: dark}. */
  public Tab prefers(String... features) {
    ObjectNode parameters = Chromium.object();
    var list = parameters.putArray("features");
    for (String feature : features) {
      String[] parts = feature.split(": ");
      list.addObject().put("name", parts[0]).put("value", parts[1]);
    }
    send("Emulation.setEmulatedMedia", parameters);
    return this;
  }

  /** Brings the tab to the front. */
  public void front() {
    send("Page.bringToFront");
  }

  /** Writes a picture of what is visible. */
  public void screenshot(Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(
          file,
          Base64.getDecoder()
              .decode(
                  send("Page.captureScreenshot", Chromium.object().put("format", "png"))
                      .get("data")
                      .asText()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What axe-core objects to, a line each; also what it could not decide. */
  public List<String> axe(String... allowedIncomplete) {
    if (!eval("!!window.axe").asBoolean()) {
      eval(AXE + ";true");
    }
    JsonNode results =
        eval(
            "(EXPLAINED => axe.run(document, {resultTypes: ['violations', 'incomplete']}).then(r => ({violations:"
                + " r.violations.map(v => v.id + ': ' + v.help + ' ' + v.nodes.map(n =>"
                + " n.target.join(' ') + ' ' + n.html.slice(0, 200) + ' ' +"
                + " n.failureSummary).join(' | ')), incomplete: r.incomplete.map(v => ({...v, nodes: v.nodes.filter(n =>"
                + " !n.any.concat(n.all, n.none).every(c => EXPLAINED.test(c.message)))})).filter(v"
                + " => v.nodes.length).map(v => v.id + ': ' + v.help + ' ' + v.nodes.map(n => n.target.join(' ') + ' ' + n.html.slice(0,"
                + " 120) + ' ' + n.any.map(a => a.message).join(';')).join(' | '))})))("
                + EXPLAINED
                + ")");
    List<String> lines = new ArrayList<>();
    results.get("violations").forEach(each -> lines.add("violation " + each.asText()));
    results
        .get("incomplete")
        .forEach(
            each -> {
              String id = each.asText().substring(0, each.asText().indexOf(':'));
              if (!List.of(allowedIncomplete).contains(id)) {
                lines.add("incomplete " + each.asText());
              }
            });
    return lines;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    browser.forget(this);
    browser.send("", "Target.closeTarget", Chromium.object().put("targetId", target));
  }
}
