package io.sqlassist.benchmarks;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Several servers that run at once. */
final class ServerProcesses implements AutoCloseable {

  /** How one of them starts. */
  interface Starter {

    ServerProcess start(ServerArm arm) throws IOException;
  }

  private final Map<ServerArm, ServerProcess> running = new LinkedHashMap<>();

  private ServerProcesses() {}

  /** All or none. */
  static ServerProcesses start(List<ServerArm> arms, Starter starter) throws IOException {
    ServerProcesses servers = new ServerProcesses();
    try {
      for (ServerArm arm : arms) {
        servers.running.put(arm, starter.start(arm));
      }
      return servers;
    } catch (IOException | RuntimeException e) {
      try (servers) {
        throw e;
      }
    }
  }

  int port(ServerArm arm) {
    ServerProcess server = running.get(arm);
    if (server == null) {
      throw new IllegalArgumentException(arm + " does not run, only " + running.keySet());
    }
    return server.port();
  }

  @Override
  public void close() throws IOException {
    IOException failed = null;
    for (ServerProcess server : running.values()) {
      try {
        server.close();
      } catch (IOException e) {
        if (failed == null) {
          failed = e;
        } else {
          failed.addSuppressed(e);
        }
      }
    }
    if (failed != null) {
      throw failed;
    }
  }
}
