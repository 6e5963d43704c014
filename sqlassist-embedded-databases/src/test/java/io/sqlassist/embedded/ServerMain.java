package io.sqlassist.embedded;

import java.io.IOException;

/**
 * The JVM that the tests end: starts a server, prints what they need, and ends as told on standard
 * input.
 */
final class ServerMain {
  private ServerMain() {}

  @SuppressWarnings("SystemOut")
  public static void main(String... args) throws IOException {
    DatabaseServer server = ServerTests.start(DatabaseKind.valueOf(args[0]), args[1]);
    System.out.println(server.pid());
    System.out.println(server.port());
    System.out.println(server.root());
    System.out.flush();
    if (System.in.read() == 'x') {
      System.exit(0);
    }
    throw new IllegalStateException("The test is gone");
  }
}
