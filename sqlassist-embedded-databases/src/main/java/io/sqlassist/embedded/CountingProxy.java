package io.sqlassist.embedded;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on 127.0.0.1 in front of a PostgreSQL server that counts what passes and can cut
 * connections at a chosen statement.
 *
 * <p>A <em>round trip</em> is one wait of a client: it ends with the {@code ReadyForQuery} message
 * by which the server has answered all that the client sent so far. Requests that the client sends
 * in one go, as the driver does with {@code BEGIN} and the first statement of a transaction, are
 * one round trip. The start of a connection (log-in) does not count, nor does the client's
 * good-bye. A count is complete before the client sees the answer, so it can be read right after a
 * JDBC call returned.
 *
 * <p>It answers a client's wish for encryption with no, so {@code sslmode=require} fails.
 *
 * <p>Thread-safe. The counts are over all connections.
 */
public final class CountingProxy implements AutoCloseable {
  private static final int CANCEL_REQUEST = 80877102;
  private static final int SSL_REQUEST = 80877103;
  private static final int GSS_REQUEST = 80877104;

  private final String targetHost;
  private final int targetPort;
  private final ServerSocket listener;
  private final Set<Link> links = ConcurrentHashMap.newKeySet();

  // Guarded by "this".
  private final List<String> statements = new ArrayList<>();
  private final Map<Character, Integer> messages = new HashMap<>();
  private int roundTrips;
  private int connections;
  private int brokenConnections;
  private @Nullable String breakingText;
  private Break breaking = Break.ANSWER_LOST;
  private boolean closed;

  /** How a connection dies at a statement. The constants are immutable and thread-safe. */
  public enum Break {
    /** The server does all of the request; the client is cut off instead of getting the answer. */
    ANSWER_LOST,
    /**
     * The server does not get the request (nor what the client sent together with it); both sides
     * are cut off.
     */
    REQUEST_LOST
  }

  private CountingProxy(String targetHost, int targetPort, ServerSocket listener) {
    this.targetHost = targetHost;
    this.targetPort = targetPort;
    this.listener = listener;
  }

  /**
   * Starts a proxy on a free port.
   *
   * @param host where the PostgreSQL server is
   * @param port its TCP port
   * @return the running proxy
   * @throws UncheckedIOException if it cannot listen
   */
  public static CountingProxy inFrontOf(String host, int port) {
    try {
      ServerSocket listener = Loopback.listen();
      CountingProxy proxy = new CountingProxy(host, port, listener);
      daemon("accept", proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException("The proxy cannot listen", e);
    }
  }

  /**
   * Starts a proxy on a free port.
   *
   * @param server the server to be in front of
   * @return the running proxy
   * @throws UncheckedIOException if it cannot listen
   */
  public static CountingProxy inFrontOf(PostgresServer server) {
    return inFrontOf(server.host(), server.port());
  }

  private static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, "counting-proxy-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Returns where the proxy listens.
   *
   * @return the TCP port on 127.0.0.1
   */
  public int port() {
    return listener.getLocalPort();
  }

  /**
   * Returns the address of a database by way of the proxy, with encryption switched off.
   *
   * @param database the name of the database
   * @return its JDBC URL, without user and password
   */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://"
        + Loopback.HOST
        + ":"
        + port()
        + "/"
        + Names.checked(database)
        + "?sslmode=disable&gssEncMode=disable";
  }

  /**
   * Sets all counts to zero and forgets the statements; connections and breaks stay as they are.
   */
  public synchronized void reset() {
    statements.clear();
    messages.clear();
    roundTrips = 0;
    connections = 0;
    brokenConnections = 0;
  }

  /**
   * Returns the round trips since the last {@link #reset()}.
   *
   * @return their number
   */
  public synchronized int roundTrips() {
    return roundTrips;
  }

  /**
   * Returns the connections accepted since the last {@link #reset()}.
   *
   * @return their number
   */
  public synchronized int connections() {
    return connections;
  }

  /**
   * Returns the connections that a {@linkplain #breakConnectionsOn break} cut since the last {@link
   * #reset()}. A connection is counted before its client can see the cut.
   *
   * @return their number
   */
  public synchronized int brokenConnections() {
    return brokenConnections;
  }

  /**
   * Returns what clients executed since the last {@link #reset()}, in order of arrival: one entry
   * for each simple query (which may hold several statements) and for each Execute message, also of
   * a statement that was prepared long before. Texts are as sent: parameters are {@code $1}.
   *
   * @return a copy of the SQL texts
   */
  public synchronized List<String> statements() {
    return List.copyOf(statements);
  }

  /**
   * Returns how many messages of a type clients sent since the last {@link #reset()}.
   *
   * @param type the type byte of PostgreSQL's protocol: {@code 'Q'} simple query, {@code 'P'}
   *     Parse, {@code 'B'} Bind, {@code 'D'} Describe, {@code 'E'} Execute, {@code 'S'} Sync, and
   *     so on
   * @return their number
   */
  public synchronized int messages(char type) {
    return messages.getOrDefault(type, 0);
  }

  /**
   * Cuts, from now on, each connection that executes a statement with this text: the server does
   * it, the client does not learn so.
   *
   * @param text part of the SQL, such as {@code COMMIT}; upper and lower case are the same
   */
  public void breakConnectionsOn(String text) {
    breakConnectionsOn(text, Break.ANSWER_LOST);
  }

  /**
   * Cuts, from now on, each connection that executes a statement with this text. It replaces an
   * earlier text.
   *
   * @param text part of the SQL, such as {@code COMMIT}; upper and lower case are the same
   * @param how whether the server gets the request
   */
  public synchronized void breakConnectionsOn(String text, Break how) {
    breakingText = text.toUpperCase(Locale.ROOT);
    breaking = how;
  }

  /** Lets everything pass again. */
  public synchronized void heal() {
    breakingText = null;
  }

  /** Cuts all connections there are; new ones are accepted. */
  public void killAll() {
    links.forEach(Link::cut);
  }

  /** Cuts all connections and stops listening. Further calls do nothing. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    closeQuietly(listener);
    killAll();
  }

  private void accept() {
    while (true) {
      Socket client;
      try {
        client = listener.accept();
      } catch (IOException e) {
        return; // closed
      }
      Socket server = new Socket();
      Link link = new Link(client, server);
      synchronized (this) {
        if (closed) {
          link.cut();
          return;
        }
        connections++;
        links.add(link);
      }
      daemon("to-server", link::run);
    }
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      // There is nobody to whom it matters.
    }
  }

  private synchronized void countMessage(char type) {
    messages.merge(type, 1, Integer::sum);
  }

  /** Notes an executed statement; returns how to break its connection, if at all. */
  private synchronized @Nullable Break countStatement(String sql) {
    statements.add(sql);
    String text = breakingText;
    return text != null && sql.toUpperCase(Locale.ROOT).contains(text) ? breaking : null;
  }

  private synchronized void countRoundTrip() {
    roundTrips++;
  }

  private synchronized void countBroken() {
    brokenConnections++;
  }

  /** One client, its connection to the server, and a thread for each direction. */
  private final class Link {
    private final Socket client;
    private final Socket server;
    private final Map<String, String> prepared = new HashMap<>();
    private final Map<String, String> portals = new HashMap<>();

    // Guarded by "this". Requests are those that the server answers with ReadyForQuery; the start
    // of the connection is the first.
    private int requestsSent;
    private int requestsAnswered;
    private int lostAnswer;

    Link(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void cut() {
      links.remove(this);
      closeQuietly(client);
      closeQuietly(server);
    }

    private void breakNow() {
      countBroken();
      cut();
    }

    void run() {
      try {
        server.connect(new InetSocketAddress(targetHost, targetPort));
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        DataInputStream fromClient =
            new DataInputStream(new BufferedInputStream(client.getInputStream(), 1 << 16));
        DataOutputStream toServer =
            new DataOutputStream(new BufferedOutputStream(server.getOutputStream(), 1 << 16));
        if (passStart(fromClient, toServer)) {
          daemon("to-client", this::passAnswers);
          passRequests(fromClient, toServer);
        }
      } catch (IOException e) {
        // Either side is gone.
      } finally {
        cut();
      }
    }

    /** Passes the messages without a type; returns whether the connection goes on. */
    private boolean passStart(DataInputStream fromClient, DataOutputStream toServer)
        throws IOException {
      while (true) {
        int length = fromClient.readInt();
        int code = fromClient.readInt();
        if (code == SSL_REQUEST || code == GSS_REQUEST) {
          client.getOutputStream().write('N');
          client.getOutputStream().flush();
          continue;
        }
        toServer.writeInt(length);
        toServer.writeInt(code);
        toServer.write(fromClient.readNBytes(length - 8));
        if (code != CANCEL_REQUEST) {
          synchronized (this) {
            requestsSent = 1;
          }
        }
        toServer.flush();
        return code != CANCEL_REQUEST;
      }
    }

    /**
     * Messages of the extended protocol are held until the Sync or Flush that sends them off, so
     * that a request is lost as a whole.
     */
    private void passRequests(DataInputStream fromClient, DataOutputStream toServer)
        throws IOException {
      ByteArrayOutputStream held = new ByteArrayOutputStream();
      DataOutputStream hold = new DataOutputStream(held);
      Break how = null;
      while (true) {
        int type = fromClient.read();
        if (type < 0) {
          return;
        }
        int length = fromClient.readInt();
        byte[] body = fromClient.readNBytes(length - 4);
        if (body.length < length - 4) {
          return;
        }
        countMessage((char) type);
        String sql = executed((char) type, body);
        Break wanted = sql == null ? null : countStatement(sql);
        how = wanted == null ? how : wanted;
        hold.writeByte(type);
        hold.writeInt(length);
        hold.write(body);
        if (type == 'P' || type == 'B' || type == 'D' || type == 'E' || type == 'C') {
          continue;
        }
        if (how == Break.REQUEST_LOST) {
          breakNow();
          return;
        }
        boolean answered = type == 'Q' || type == 'S' || type == 'F';
        synchronized (this) {
          if (answered) {
            requestsSent++;
          }
          if (how == Break.ANSWER_LOST && lostAnswer == 0) {
            lostAnswer = answered ? requestsSent : requestsSent + 1;
          }
        }
        held.writeTo(toServer);
        held.reset();
        if (fromClient.available() == 0) { // else the client goes on without waiting
          toServer.flush();
        }
      }
    }

    /** Follows statements and portals; returns the SQL if the message executes some. */
    private @Nullable String executed(char type, byte[] body) {
      switch (type) {
        case 'Q' -> {
          return text(body, 0);
        }
        case 'P' -> {
          String name = text(body, 0);
          prepared.put(name, text(body, after(body, 0)));
        }
        case 'B' -> {
          String portal = text(body, 0);
          String statement = text(body, after(body, 0));
          portals.put(portal, prepared.getOrDefault(statement, ""));
        }
        case 'E' -> {
          return portals.getOrDefault(text(body, 0), "");
        }
        default -> {
          // Says nothing about statements.
        }
      }
      return null;
    }

    private String text(byte[] body, int from) {
      return new String(body, from, after(body, from) - 1 - from, StandardCharsets.UTF_8);
    }

    /** The index after the zero byte that ends the text at {@code from}. */
    private int after(byte[] body, int from) {
      int end = from;
      while (body[end] != 0) {
        end++;
      }
      return end + 1;
    }

    private void passAnswers() {
      try {
        DataInputStream fromServer =
            new DataInputStream(new BufferedInputStream(server.getInputStream(), 1 << 16));
        DataOutputStream toClient =
            new DataOutputStream(new BufferedOutputStream(client.getOutputStream(), 1 << 16));
        while (true) {
          int type = fromServer.read();
          if (type < 0) {
            toClient.flush();
            return;
          }
          int length = fromServer.readInt();
          byte[] body = fromServer.readNBytes(length - 4);
          boolean forward;
          boolean cut;
          synchronized (this) {
            // From the answer before the lost one on, the client gets nothing.
            forward = lostAnswer == 0 || requestsAnswered < lostAnswer - 1;
            if (type == 'Z' && ++requestsAnswered > 1 && requestsAnswered == requestsSent) {
              countRoundTrip();
            }
            cut = lostAnswer != 0 && requestsAnswered >= lostAnswer;
          }
          if (cut) {
            breakNow();
            return;
          }
          if (forward) {
            toClient.writeByte(type);
            toClient.writeInt(length);
            toClient.write(body);
            if (fromServer.available() == 0) {
              toClient.flush();
            }
          }
        }
      } catch (IOException e) {
        // Either side is gone.
      } finally {
        cut();
      }
    }
  }
}
