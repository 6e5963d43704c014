package io.sqlassist.benchmarks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A bounded load on a server of this machine: a few connections, each asking again as soon as it is
 * answered.
 */
final class Load {

  /** What is asked for. */
  enum Kind {
    UNUSED,
    READ,
    WRITE
  }

  private static final int CONNECTIONS = 4;

  private Load() {}

  /** Nanoseconds for each request, all connections together. */
  static double run(int port, Kind kind, Duration time)
      throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    try {
      long begin = System.nanoTime();
      long end = begin + time.toNanos();
      List<Future<Long>> answered = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        int first = i;
        answered.add(threads.submit(() -> ask(port, kind, first, end)));
      }
      long requests = 0;
      for (Future<Long> each : answered) {
        requests += each.get();
      }
      return (double) (System.nanoTime() - begin) / requests;
    } finally {
      threads.shutdownNow();
    }
  }

  private static long ask(int port, Kind kind, int first, long end) throws IOException {
    long requests = 0;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      InputStream in = new BufferedInputStream(socket.getInputStream());
      do { // once at least, or there is nothing to divide by
        long id = 1 + (first * 31L + requests) % Bookshelf.BOOKS;
        out.write(request(kind, id));
        out.flush();
        readAnswer(in, kind == Kind.WRITE ? 201 : 200);
        requests++;
      } while (System.nanoTime() < end);
    }
    return requests;
  }

  private static byte[] request(Kind kind, long id) {
    String line =
        switch (kind) {
          case UNUSED -> "GET /unused";
          case READ -> "GET /books/" + id;
          case WRITE -> "POST /books";
        };
    String body = kind == Kind.WRITE ? "Content-Length: 0\r\n" : "";
    return (line + " HTTP/1.1\r\nHost: localhost\r\n" + body + "\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static void readAnswer(InputStream in, int expected) throws IOException {
    String status = readLine(in);
    if (!status.startsWith("HTTP/1.1 " + expected)) {
      throw new IOException("Expected " + expected + ", got: " + status);
    }
    int length = -1;
    boolean chunked = false;
    for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
      String header = line.toLowerCase(Locale.ROOT);
      if (header.startsWith("content-length:")) {
        length = Integer.parseInt(header.substring("content-length:".length()).strip());
      }
      chunked |= header.startsWith("transfer-encoding: chunked");
    }
    if (chunked) {
      for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
        in.skipNBytes(size + 2L);
      }
      readLine(in);
    } else if (length >= 0) {
      in.skipNBytes(length);
    } else {
      throw new IOException("An answer without a length");
    }
  }

  private static int chunkSize(InputStream in) throws IOException {
    return Integer.parseInt(readLine(in).strip(), 16);
  }

  private static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("The server closed the connection");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }
}
