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
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Very many connections to a server, which all ask at the same time. First they are there, then all
 * of them ask, and only then the answers are read; all by one thread.
 */
final class Crowd implements AutoCloseable {

  /** As many as a server's queue of those to be accepted takes. */
  private static final int MOST_CONNECTING = 50;

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int MOST_BYTES = 1_024;

  private static final byte[] REQUEST =
      "GET /books/1 HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");

  private final Selector selector;
  private final List<Member> members = new ArrayList<>();
  private long failed;

  private Crowd(Selector selector) {
    this.selector = selector;
  }

  static Crowd connect(int port, int size) throws IOException {
    Crowd crowd = new Crowd(Selector.open());
    try {
      crowd.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), size);
      return crowd;
    } catch (IOException e) {
      crowd.close();
      throw e;
    }
  }

  private void connect(InetSocketAddress server, int size) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    int connecting = 0;
    int connected = 0;
    while (connected < size) {
      for (; members.size() < size && connecting < MOST_CONNECTING; connecting++) {
        SocketChannel channel = SocketChannel.open();
        Member member = new Member(channel);
        members.add(member);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_CONNECT, member);
        channel.connect(server);
      }
      select(end, connected, "connected");
      for (SelectionKey key : selector.selectedKeys()) {
        ((SocketChannel) key.channel()).finishConnect();
        key.interestOps(SelectionKey.OP_READ);
        connecting--;
        connected++;
      }
      selector.selectedKeys().clear();
    }
  }

  /** Each of them asks once. Returns nanoseconds for each request, all of them together. */
  double ask() throws IOException {
    long begin = System.nanoTime();
    for (Member member : members) {
      member.ask();
    }
    int answered = 0;
    while (answered < members.size()) {
      select(begin + PATIENCE.toNanos(), answered, "answered");
      for (SelectionKey key : selector.selectedKeys()) {
        Member member = (Member) key.attachment();
        if (member.isAnswered()) {
          answered++;
          failed += member.isContent() ? 0 : 1;
        }
      }
      selector.selectedKeys().clear();
    }
    return (double) (System.nanoTime() - begin) / members.size();
  }

  private void select(long end, int done, String what) throws IOException {
    if (System.nanoTime() > end) {
      throw new IOException(
          "Only " + done + " of " + members.size() + " were " + what + " in time");
    }
    selector.select(1_000);
  }

  /** Answers so far that were not 200. */
  long failed() {
    return failed;
  }

  @Override
  public void close() throws IOException {
    try (selector) {
      for (Member member : members) {
        member.channel.close();
      }
    }
  }

  /** One who asks. */
  private static final class Member {

    private final SocketChannel channel;
    private final ByteBuffer answer = ByteBuffer.allocate(MOST_BYTES);

    Member(SocketChannel channel) {
      this.channel = channel;
    }

    void ask() throws IOException {
      answer.clear();
      ByteBuffer request = ByteBuffer.wrap(REQUEST);
      channel.write(request);
      if (request.hasRemaining()) {
        throw new IOException("A request does not fit into a socket's buffer");
      }
    }

    /** Reads what is there. */
    boolean isAnswered() throws IOException {
      if (channel.read(answer) < 0) {
        throw new IOException("The server closed a connection after: " + text());
      }
      String text = text();
      int body = text.indexOf("\r\n\r\n") + 4;
      if (body < 4) {
        return false;
      }
      Matcher length = LENGTH.matcher(text);
      if (!length.find()) {
        throw new IOException("An answer without a length: " + text);
      }
      return text.length() >= body + Integer.parseInt(length.group(1));
    }

    boolean isContent() {
      return text().startsWith("HTTP/1.1 200 ");
    }

    private String text() {
      return new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
    }
  }
}
