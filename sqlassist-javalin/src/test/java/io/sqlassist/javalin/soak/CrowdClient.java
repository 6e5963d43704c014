package io.sqlassist.javalin.soak;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Asks for one page over many connections at once, on one thread, and tells how it was answered.
 */
final class CrowdClient {

  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** As many as a server's queue of those to be accepted takes. */
  private static final int MOST_CONNECTING = 50;

  private static final byte[] REQUEST =
      "GET / HTTP/1.1\r\nHost: crowd\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final Map<String, Integer> answers = new TreeMap<>();
  private final ByteBuffer answer = ByteBuffer.allocate(4_096);
  private int connecting;
  private int open;

  private CrowdClient() {}

  /** Arguments: port, number of requests. */
  public static void main(String[] args) throws IOException {
    System.out.println(new CrowdClient().ask(Integer.parseInt(args[0]), Integer.parseInt(args[1])));
  }

  private Map<String, Integer> ask(int port, int requests) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    int begun = 0;
    try (Selector selector = Selector.open()) {
      while (begun < requests || open > 0) {
        if (System.nanoTime() > end) {
          answers.put("none", open + requests - begun);
          return answers;
        }
        for (; begun < requests && connecting < MOST_CONNECTING; begun++) {
          SocketChannel channel = SocketChannel.open();
          channel.configureBlocking(false);
          channel.register(selector, SelectionKey.OP_CONNECT);
          channel.connect(new InetSocketAddress("127.0.0.1", port));
          connecting++;
          open++;
        }
        selector.select(this::proceed, 1_000);
      }
    }
    return answers;
  }

  private void proceed(SelectionKey key) {
    SocketChannel channel = (SocketChannel) key.channel();
    try {
      if (key.isConnectable()) {
        connecting--;
        channel.finishConnect();
        channel.write(ByteBuffer.wrap(REQUEST)); // fits into any socket's buffer
        key.interestOps(SelectionKey.OP_READ);
      } else {
        answer.clear();
        int read = channel.read(answer); // a short answer comes in one piece, status first
        count(read < 12 ? "cut off" : new String(answer.array(), 9, 3, StandardCharsets.US_ASCII));
        close(channel);
      }
    } catch (IOException e) {
      count(e.toString());
      close(channel);
    }
  }

  private void count(String status) {
    answers.merge(status, 1, Integer::sum);
  }

  private void close(SocketChannel channel) {
    open--;
    try {
      channel.close();
    } catch (IOException e) {
      count(e.toString());
    }
  }
}
