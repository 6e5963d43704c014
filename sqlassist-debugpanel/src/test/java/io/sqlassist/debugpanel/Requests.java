package io.sqlassist.debugpanel;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import library.TestApp;

/** Requests to the panel as clients send them that are no browsers. */
final class Requests {

  private Requests() {}

  /** Every address of the panel, with a method. */
  static List<String> addresses(TestApp app) {
    String id = app.trace("/authors");
    List<String> all = new ArrayList<>();
    for (String page :
        List.of(
            "",
            "/",
            "/engines",
            "/engines/main",
            "/pools",
            "/entities",
            "/findings",
            "/requests/" + id,
            "/requests/" + id + ".json",
            "/requests/" + id + ".txt",
            "/requests/" + id + ".md",
            "/requests/" + id + ".trace.json")) {
      all.add("GET /__sqlassist" + page);
    }
    for (String api :
        List.of(
            "/status",
            "/requests",
            "/requests/" + id,
            "/requests/" + id + "/summary",
            "/requests/" + id + "/statements",
            "/requests/" + id + "/statements/1",
            "/engines",
            "/engines/main",
            "/pools",
            "/entities?engine=main",
            "/findings",
            "/events")) {
      all.add("GET /__sqlassist/api" + api);
    }
    for (String asset : Assets.NAMES) {
      all.add("GET /__sqlassist" + new Assets().folder() + "/" + asset);
    }
    for (String api : changes(id)) {
      all.add("POST /__sqlassist/api" + api);
    }
    all.add("PUT /__sqlassist/");
    all.add("OPTIONS /__sqlassist/api/clear");
    return all;
  }

  /** What changes something, or asks a database, below the panel's API. */
  static List<String> changes(String id) {
    return List.of(
        "/capture",
        "/clear",
        "/requests/" + id + "/pin",
        "/requests/" + id + "/statements/1/explain");
  }

  record Answer(int status, Map<String, String> headers, String body) {}

  /** As a client that writes its own headers, which Java's does not let us. */
  static Answer raw(TestApp app, String address, String... headers) {
    return raw(InetAddress.getLoopbackAddress(), app.port(), address, headers);
  }

  static Answer raw(InetAddress host, int port, String address, String... headers) {
    try (Socket socket = new Socket(host, port)) {
      String[] parts = address.split(" ");
      StringBuilder request = new StringBuilder(parts[0] + " " + parts[1] + " HTTP/1.1\r\n");
      if (List.of(headers).stream().noneMatch(each -> each.startsWith("Host:"))) {
        request.append("Host: localhost:").append(port).append("\r\n");
      }
      for (String header : headers) {
        request.append(header).append("\r\n");
      }
      request.append("Accept: */*\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
      socket.setSoTimeout(60_000);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      InputStream in = socket.getInputStream();
      in.transferTo(bytes);
      return parse(bytes.toString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Answer parse(String text) {
    String[] parts = text.split("\r\n\r\n", 2);
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    String[] lines = parts[0].split("\r\n");
    for (int i = 1; i < lines.length; i++) {
      String[] header = lines[i].split(": ", 2);
      headers.put(header[0], header[1]);
    }
    headers.remove("Date");
    return new Answer(
        Integer.parseInt(lines[0].split(" ")[1]), headers, parts.length > 1 ? parts[1] : "");
  }
}
