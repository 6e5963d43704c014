package io.sqlassist.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server in a JVM of its own, with the same flags as all the others. */
final class ServerProcess implements AutoCloseable {

  /** The same for all. */
  static final List<String> FLAGS = List.of("-Xms1g", "-Xmx1g", "-XX:+UseParallelGC");

  private final Process process;
  private final int port;

  private ServerProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static ServerProcess start(
      Jvm jvm, List<String> flags, String classPath, String mainClass, List<String> arguments)
      throws IOException {
    List<String> allFlags = new ArrayList<>(FLAGS);
    allFlags.addAll(flags);
    Process process = jvm.start(allFlags, classPath, mainClass, arguments);
    try {
      BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
      String line = output.readLine();
      while (line != null && !line.startsWith("port ")) {
        line = output.readLine();
      }
      if (line == null) {
        throw new IOException("The server " + mainClass + " " + arguments + " did not start");
      }
      return new ServerProcess(process, Integer.parseInt(line.substring("port ".length())));
    } catch (IOException | RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  int port() {
    return port;
  }

  /** Closes its input, which asks it to stop. */
  @Override
  public void close() throws IOException {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(5, TimeUnit.MINUTES)) {
        throw new IOException("A server did not stop");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
  }
}
