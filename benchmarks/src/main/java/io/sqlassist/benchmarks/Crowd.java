package io.sqlassist.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Very many requests at once, each over a connection of its own; all of them from one thread. */
final class Crowd {

  /** As many as a server's queue of those to be accepted takes. */
  private static final int MOST_CONNECTING = 50;

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final byte[] REQUEST =
      "GET /books/1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final InetSocketAddress server;
  private final int requests;
  private final ByteBuffer answer = ByteBuffer.allocate(4_096);
  private int connecting;
  private int answered;

  private Crowd(int port, int requests) {
    this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.requests = requests;
  }

  /**
   * Nanoseconds for each request, all of them together.
   *
   * @throws IOException if one of them is not answered with 200
   */
  static double run(int port, int requests) throws IOException {
    long begin = System.nanoTime();
    new Crowd(port, requests).ask(begin + PATIENCE.toNanos());
    return (double) (System.nanoTime() - begin) / requests;
  }

  private void ask(long end) throws IOException {
    int begun = 0;
    try (Selector selector = Selector.open()) {
      while (answered < requests) {
        if (System.nanoTime() > end) {
          throw new IOException(answered + " of " + requests + " requests were answered in time");
        }
        for (; begun < requests && connecting < MOST_CONNECTING; begun++) {
          SocketChannel channel = SocketChannel.open();
          channel.configureBlocking(false);
          channel.register(selector, SelectionKey.OP_CONNECT);
          channel.connect(server);
          connecting++;
        }
        selector.select(1_000);
        for (SelectionKey key : selector.selectedKeys()) {
          proceed(key);
        }
        selector.selectedKeys().clear();
      }
    }
  }

  private void proceed(SelectionKey key) throws IOException {
    SocketChannel channel = (SocketChannel) key.channel();
    if (key.isConnectable()) {
      connecting--;
      channel.finishConnect();
      channel.write(ByteBuffer.wrap(REQUEST)); // fits into any socket's buffer
      key.interestOps(SelectionKey.OP_READ);
      return;
    }
    answer.clear();
    int read = channel.read(answer); // a short answer comes in one piece, status first
    String begins = new String(answer.array(), 0, Math.max(0, read), StandardCharsets.US_ASCII);
    channel.close();
    if (!begins.startsWith("HTTP/1.1 200")) {
      throw new IOException("One of " + requests + " at once was answered: " + begins);
    }
    answered++;
  }
}
