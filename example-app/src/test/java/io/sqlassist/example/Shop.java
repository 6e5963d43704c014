package io.sqlassist.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/** A bookshop as its clients see it: by HTTP only. */
final class Shop {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final String url;

  Shop(String url) {
    this.url = url;
  }

  record Reply(int status, String body, HttpHeaders headers) {
    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (JsonProcessingException e) {
        throw new AssertionError("Not JSON: " + body, e);
      }
    }

    String error() {
      return json().path("error").asText();
    }

    String field() {
      return json().path("field").asText();
    }
  }

  Reply get(String path) {
    return send("GET", path, "", "");
  }

  Reply post(String path, Map<String, ?> fields) {
    try {
      return post(path, JSON.writeValueAsString(fields));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  Reply post(String path, String json) {
    return send("POST", path, "application/json", json);
  }

  Reply send(String method, String path, String contentType, String body) {
    return send(method, path, contentType, BodyPublishers.ofString(body));
  }

  Reply send(String method, String path, String contentType, HttpRequest.BodyPublisher body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(Duration.ofSeconds(60))
            .method(method, body);
    if (!contentType.isEmpty()) {
      request.header("Content-Type", contentType);
    }
    try {
      var response = client.send(request.build(), BodyHandlers.ofString());
      return new Reply(response.statusCode(), response.body(), response.headers());
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + path + " was not answered", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Adds a book and returns its number. */
  long addBook(String title, int priceCents, int stock) {
    Reply reply =
        post(
            "/books",
            Map.of("title", title, "author", "A. Uthor", "priceCents", priceCents, "stock", stock));
    assertThat(reply.status()).as(reply.body()).isEqualTo(201);
    return reply.json().path("id").asLong();
  }

  Reply order(long bookId, int quantity) {
    return post("/books/" + bookId + "/orders", Map.of("quantity", quantity, "customer", "Ann"));
  }

  int stock(long bookId) {
    return get("/books/" + bookId).json().path("stock").asInt(-1);
  }

  /** How many connections of an engine are in use. */
  int active(String engine) {
    JsonNode engines = get("/health").json().path("engines");
    return engines.path(engine).path("pool").path("active").asInt(-1);
  }

  JsonNode feed(String name, long bookId) {
    return get("/" + name + "?bookId=" + bookId).json();
  }
}
