package io.sqlassist.testing;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A running Javalin on a free port, and a client for it. */
final class Server implements AutoCloseable {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().connectTimeout(Duration.ofMinutes(2)).build();

  private final Javalin javalin;

  private Server(Javalin running) {
    this.javalin = running;
  }

  static Server start(Consumer<JavalinConfig> config) {
    return new Server(
        Javalin.create(
                javalin -> {
                  javalin.startup.showJavalinBanner = false;
                  config.accept(javalin);
                })
            .start("127.0.0.1", 0));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + javalin.port() + path))
        .timeout(Duration.ofMinutes(2));
  }

  String get(String path) throws IOException, InterruptedException {
    return CLIENT.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofString()).body();
  }

  int post(String path) throws IOException, InterruptedException {
    return CLIENT
        .send(
            request(path).POST(HttpRequest.BodyPublishers.noBody()).build(),
            HttpResponse.BodyHandlers.ofString())
        .statusCode();
  }

  CompletableFuture<Integer> postLater(String path) {
    return CLIENT
        .sendAsync(
            request(path).POST(HttpRequest.BodyPublishers.noBody()).build(),
            HttpResponse.BodyHandlers.ofString())
        .thenApply(HttpResponse::statusCode);
  }

  @Override
  public void close() {
    javalin.stop();
  }
}
