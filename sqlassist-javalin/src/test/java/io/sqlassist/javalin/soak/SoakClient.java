package io.sqlassist.javalin.soak;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * A client that keeps its connection and sees exactly what came over it. Used by one thread.
 *
 * <p>Not the JDK's client: that one repeats requests on its own, and costs more than the server.
 */
final class SoakClient implements AutoCloseable {

  /** What the client saw: the status, 0 if there was none, and whether the answer was complete. */
  record Answer(int status, boolean complete, String body) {}

  private static final int PATIENCE_MILLIS = 120_000;

  private final int port;
  private Socket socket;
  private InputStream in;

  SoakClient(int port) {
    this.port = port;
  }

  Answer exchange(String method, String path, boolean gzip) throws IOException {
    send(method, path, gzip);
    int status = 0;
    try {
      status = Integer.parseInt(line().split(" ", 3)[1]);
      Headers headers = headers();
      String body = body(status, headers, method.equals("HEAD"));
      if (headers.close) {
        close();
      }
      return new Answer(status, true, body);
    } catch (IOException e) {
      close();
      return new Answer(status, false, e.toString());
    }
  }

  /** Sends a request and leaves: at once, or in the middle of the answer. */
  void leave(String method, String path, int bytesToRead) throws IOException {
    send(method, path, false);
    try {
      in.readNBytes(bytesToRead);
    } finally {
      socket.setSoLinger(true, 0); // a reset, not an orderly end
      close();
    }
  }

  private void send(String method, String path, boolean gzip) throws IOException {
    if (socket == null) {
      socket = new Socket("127.0.0.1", port);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      in = new BufferedInputStream(socket.getInputStream(), 16_384);
    }
    String request =
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: soak\r\n"
            + (method.equals("POST") ? "Content-Length: 0\r\n" : "")
            + (gzip ? "Accept-Encoding: gzip\r\n\r\n" : "\r\n");
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
  }

  private static final class Headers {
    long length = -1;
    boolean chunked;
    boolean gzip;
    boolean close;
  }

  private Headers headers() throws IOException {
    Headers headers = new Headers();
    for (String line = line(); !line.isEmpty(); line = line()) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        headers.length = Long.parseLong(lower.substring("content-length:".length()).strip());
      } else if (lower.startsWith("transfer-encoding:")) {
        headers.chunked = lower.contains("chunked");
      } else if (lower.startsWith("content-encoding:")) {
        headers.gzip = lower.contains("gzip");
      } else if (lower.startsWith("connection:")) {
        headers.close = lower.contains("close");
      }
    }
    return headers;
  }

  private String body(int status, Headers headers, boolean head) throws IOException {
    if (head || status == 204 || status == 304) {
      return "";
    }
    byte[] body;
    if (headers.chunked) {
      body = chunks();
    } else if (headers.length >= 0) {
      body = exactly((int) headers.length);
    } else {
      throw new IOException("An answer without length");
    }
    if (headers.gzip) {
      body = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
    }
    return new String(body, StandardCharsets.US_ASCII);
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      int length = Integer.parseInt(line().strip(), 16);
      body.write(exactly(length));
      if (!line().isEmpty()) {
        throw new IOException("No end of a chunk");
      }
      if (length == 0) {
        return body.toByteArray();
      }
    }
  }

  private byte[] exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("The answer broke off");
    }
    return bytes;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("The answer broke off");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }
}
