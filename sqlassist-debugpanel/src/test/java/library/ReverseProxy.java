package library;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A reverse proxy on this machine, as a web server or a tunnel is one: to the application every
 * client of its looks local. It passes the {@code Host} on, and says for whom it asks. One request
 * for each connection; streams pass through it as they come.
 */
public final class ReverseProxy implements AutoCloseable {

  private final ServerSocket listener;
  private final int upstream;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private ReverseProxy(ServerSocket listener, int upstream) {
    this.listener = listener;
    this.upstream = upstream;
  }

  /** In front of a server on this machine. */
  public static ReverseProxy to(int port) throws IOException {
    ReverseProxy proxy =
        new ReverseProxy(new ServerSocket(0, 100, InetAddress.getLoopbackAddress()), port);
    daemon(proxy::acceptAll);
    return proxy;
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "reverse-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  public int port() {
    return listener.getLocalPort();
  }

  private void acceptAll() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        open.add(client);
        daemon(() -> serve(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        Socket server = new Socket(InetAddress.getLoopbackAddress(), upstream)) {
      open.add(server);
      server.getOutputStream().write(forwarded(head(client.getInputStream()), client));
      daemon(() -> copy(client, server));
      server.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException e) {
      // One of the two has gone; the other one is told so by the end of its connection.
    } finally {
      open.remove(client);
    }
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.close();
    } catch (IOException e) {
      // As above.
    }
  }

  /** Request line and headers. */
  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the client has gone");
      }
      bytes.write(next);
    }
    return bytes.toString(StandardCharsets.ISO_8859_1).strip();
  }

  private static byte[] forwarded(String head, Socket client) {
    List<String> lines = new ArrayList<>(List.of(head.split("\r\n")));
    lines.removeIf(each -> each.toLowerCase(Locale.ROOT).startsWith("connection:"));
    lines.add("X-Forwarded-For: " + client.getInetAddress().getHostAddress());
    lines.add("X-Forwarded-Proto: http");
    lines.add("Connection: close");
    return (String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Closeable each : open) {
      each.close();
    }
  }
}
