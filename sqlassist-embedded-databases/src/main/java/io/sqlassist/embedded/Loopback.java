package io.sqlassist.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** The address that all here listens on: always the one of IPv4, whatever the JVM prefers. */
final class Loopback {
  static final String HOST = "127.0.0.1";

  private Loopback() {}

  /** Listens on a free port. */
  static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
  }
}
