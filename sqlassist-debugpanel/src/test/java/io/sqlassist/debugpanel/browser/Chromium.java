package io.sqlassist.debugpanel.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A headless Chromium, spoken to in its own protocol over the JDK's web socket: no driver, no
 * library, nothing to download but the browser. Started once for all tests of a JVM.
 *
 * <p>Thread-safe.
 */
public final class Chromium implements AutoCloseable {

  /** Says where the browser is; else it is looked for. */
  public static final String PROPERTY = "browser";

  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome");
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * For whatever the browser does, its start included. Nothing takes nearly as long, but on a
   * machine that does much else.
   */
  static final Duration LIMIT = Duration.ofSeconds(60);

  private final Process process;
  private final Path profile;
  private final WebSocket socket;
  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final Map<String, Tab> tabs = new ConcurrentHashMap<>();
  private volatile @Nullable Throwable end; // why nothing is answered any more

  private Chromium(Process process, Path profile, URI address) {
    this.process = process;
    this.profile = profile;
    this.socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .connectTimeout(LIMIT)
            .buildAsync(address, new Listener())
            .join();
  }

  /** The browser's program, if this machine has one. */
  public static Optional<Path> find() {
    String told = System.getProperty(PROPERTY, "");
    if (!told.isEmpty()) {
      return Optional.of(Path.of(told));
    }
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts the browser. It knows the hosts evil.test and dev.test, which are this machine. */
  static Chromium start(Path program) {
    try {
      Path profile = Files.createTempDirectory("sqlassist-chromium");
      Process process =
          new ProcessBuilder(
                  program.toString(),
                  "--headless",
                  "--no-sandbox",
                  "--disable-gpu",
                  "--disable-quic",
                  "--no-first-run",
                  "--no-default-browser-check",
                  "--disable-background-networking",
                  "--disable-component-update",
                  "--disable-sync",
                  "--disable-extensions",
                  "--disable-dev-shm-usage",
                  "--hide-scrollbars",
                  "--force-color-profile=srgb",
                  "--remote-debugging-port=0",
                  "--host-resolver-rules=MAP evil.test 127.0.0.1, MAP dev.test 127.0.0.1",
                  "--user-data-dir=" + profile,
                  "about:blank")
              .redirectErrorStream(true)
              .start();
      try {
        return new Chromium(process, profile, address(process));
      } catch (RuntimeException e) {
        process.destroyForcibly();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Can't start " + program, e);
    }
  }

  /** What the browser says in its log, which is read to its end so that it never has to wait. */
  private static URI address(Process process) {
    CompletableFuture<URI> address = new CompletableFuture<>();
    List<String> lines = new CopyOnWriteArrayList<>();
    Thread reader = new Thread(() -> read(process, lines, address), "chromium-log");
    reader.setDaemon(true);
    reader.start();
    try {
      return address.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "The browser ended at once:\n" + String.join("\n", lines), e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "The browser did not start within " + LIMIT + ":\n" + String.join("\n", lines), e);
    }
  }

  private static void read(Process process, List<String> lines, CompletableFuture<URI> address) {
    try (BufferedReader log = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = log.readLine(); line != null; line = log.readLine()) {
        if (line.startsWith("DevTools listening on ")) {
          address.complete(URI.create(line.substring("DevTools listening on ".length()).strip()));
        } else if (!address.isDone()) {
          lines.add(line);
        }
      }
      address.completeExceptionally(new IOException("the end of its log"));
    } catch (IOException e) {
      address.completeExceptionally(e);
    }
  }

  /** A tab with cookies and storage of its own. */
  public Tab tab() {
    String context =
        send("", "Target.createBrowserContext", object()).get("browserContextId").asText();
    return tab(context, true);
  }

  /** A tab in the same window as another one, which it hides. */
  public Tab tabBeside(Tab other) {
    return tab(other.context(), false);
  }

  /** A window that shares cookies, storage and connections with another one, and hides it not. */
  public Tab windowBeside(Tab other) {
    return tab(other.context(), true);
  }

  private Tab tab(String context, boolean newWindow) {
    String target =
        send(
                "",
                "Target.createTarget",
                object()
                    .put("url", "about:blank")
                    .put("browserContextId", context)
                    .put("newWindow", newWindow))
            .get("targetId")
            .asText();
    String session =
        send("", "Target.attachToTarget", object().put("targetId", target).put("flatten", true))
            .get("sessionId")
            .asText();
    Tab tab = new Tab(this, context, target, session);
    tabs.put(session, tab);
    tab.prepare();
    return tab;
  }

  void forget(Tab tab) {
    tabs.remove(tab.session());
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Sends a command and waits for its answer. */
  JsonNode send(String session, String method, ObjectNode parameters) {
    int id = ids.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    Throwable ended = end;
    if (ended != null) {
      throw new IllegalStateException("The browser has gone, before " + method, ended);
    }
    ObjectNode command = object().put("id", id).put("method", method);
    command.set("params", parameters);
    if (!session.isEmpty()) {
      command.put("sessionId", session);
    }
    synchronized (socket) {
      socket.sendText(command.toString(), true).join();
    }
    try {
      JsonNode message = answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      if (message.has("error")) {
        throw new IllegalStateException(method + ": " + message.get("error"));
      }
      return message.path("result");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("No answer to " + method, e);
    } finally {
      answers.remove(id);
    }
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        String message = text.toString();
        text.setLength(0);
        take(message);
      }
      webSocket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int status, String reason) {
      gone(new IOException("It closed the connection: " + status + " " + reason));
      return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
      gone(error);
    }

    /** Nobody shall wait for answers that can't come. */
    private void gone(Throwable why) {
      end = why;
      answers.values().forEach(each -> each.completeExceptionally(why));
    }

    private void take(String text) {
      try {
        JsonNode message = JSON.readTree(text);
        if (message.has("id")) {
          CompletableFuture<JsonNode> answer = answers.get(message.get("id").asInt());
          if (answer != null) {
            answer.complete(message);
          }
        } else if (message.has("sessionId")) {
          Tab tab = tabs.get(message.get("sessionId").asText());
          if (tab != null) {
            tab.happened(message.get("method").asText(), message.get("params"));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() {
    socket.abort();
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> files = Files.walk(profile)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException | UncheckedIOException e) {
      // Chromium's helpers may still write there; the system empties its folder for such files.
    }
  }
}
