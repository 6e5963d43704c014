package io.sqlassist.docs;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.function.Consumer;

/** A running Javalin on a free port, and a client for it. */
final class Server implements AutoCloseable {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().connectTimeout(Duration.ofMinutes(1)).build();

  private final Javalin javalin;

  Server(Javalin running) {
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

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + javalin.port() + path);
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)).GET());
  }

  HttpResponse<String> post(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.noBody()));
  }

  HttpResponse<String> get(String path, String header, String value)
      throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)).header(header, value).GET());
  }

  HttpResponse<String> post(String path, String header, String value)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(uri(path))
            .header(header, value)
            .POST(HttpRequest.BodyPublishers.noBody()));
  }

  HttpResponse<String> events(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)).header("Accept", "text/event-stream").GET());
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return CLIENT.send(
        request.timeout(Duration.ofMinutes(2)).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    javalin.stop();
  }
}
