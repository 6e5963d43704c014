package io.sqlassist.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One run of a server below its supervisor, a shell script that ends the server when this JVM says
 * so or is gone. What the server writes is kept (the last lines, for error messages) and not
 * logged. Not thread-safe: its server guards it.
 */
final class ServerProcess {
  private static final int KEPT_LINES = 60;
  private static final long START_SECONDS = 120;
  private static final long STOP_SECONDS = 60;
  private static final long KILL_SECONDS = 5;
  private static final String PID_MARK = "supervised-pid ";
  private static final Path SETSID = Path.of("/usr/bin/setsid");

  private final Process supervisor;
  private final String readyText;
  private final Deque<String> lastLines = new ArrayDeque<>();
  private final CompletableFuture<ProcessHandle> server = new CompletableFuture<>();
  private final CompletableFuture<Boolean> ready = new CompletableFuture<>();

  private ServerProcess(Process supervisor, String readyText) {
    this.supervisor = supervisor;
    this.readyText = readyText;
  }

  /**
   * What to run.
   *
   * @param command the server and its arguments
   * @param readyText part of the line that the server writes once it accepts connections
   * @param stopSignal ends it in good order
   * @param endSignal ends it at {@link #end()} or when the JVM is gone
   */
  record Plan(List<String> command, String readyText, String stopSignal, String endSignal) {}

  /**
   * Starts a server and returns when it accepts connections.
   *
   * @throws PortTakenException if another process has its port
   * @throws IllegalStateException if it does not start; the message holds its last lines
   */
  static ServerProcess start(ServerDirectory directory, Plan plan) throws IOException {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(SETSID)) {
      // Ctrl-C must reach the JVM only: its shutdown hooks may still need the database.
      command.add(SETSID.toString());
    }
    command.addAll(List.of("/bin/sh", "-c", script(), "supervise"));
    command.add(directory.pidFile().toString());
    command.add(directory.isTemporary() ? directory.root().toString() : "");
    command.add(plan.stopSignal());
    command.add(plan.endSignal());
    command.addAll(plan.command());
    ServerProcess started = new ServerProcess(builder(command).start(), plan.readyText());
    Thread reader = new Thread(started::readOutput, "output of " + plan.command().get(0));
    reader.setDaemon(true);
    reader.start();
    started.awaitReady();
    return started;
  }

  /** Runs a command to its end, with a text as its input. */
  static void run(List<String> command, String input) throws IOException {
    Path output = Files.createTempFile("sqlassist-", ".log");
    try {
      Process process = builder(command).redirectOutput(output.toFile()).start();
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // It ended early: its exit code and output tell more.
      }
      try {
        if (await(process, START_SECONDS) != 0) {
          throw new IllegalStateException(
              "Failed: " + String.join(" ", command) + "\n" + Files.readString(output));
        }
      } finally {
        if (process.isAlive()) { // nobody waits for it any more
          kill(process.toHandle());
        }
      }
    } finally {
      Files.delete(output);
    }
  }

  private static ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder
        .environment()
        .keySet()
        .removeIf(
            name ->
                name.startsWith("PG") || name.startsWith("MYSQL") || name.startsWith("MARIADB"));
    builder.environment().put("LC_ALL", "C"); // messages are read here
    return builder;
  }

  private static String script() throws IOException {
    try (InputStream in = ServerProcess.class.getResourceAsStream("supervise.sh")) {
      if (in == null) {
        throw new IOException("supervise.sh is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void readOutput() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(supervisor.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(PID_MARK)) {
          // A server that failed at once may be gone already: then the stream ends next.
          ProcessHandle.of(Long.parseLong(line.substring(PID_MARK.length())))
              .ifPresent(server::complete);
          continue;
        }
        synchronized (lastLines) {
          lastLines.addLast(line);
          if (lastLines.size() > KEPT_LINES) {
            lastLines.removeFirst();
          }
        }
        if (line.contains(readyText)) {
          ready.complete(true);
        }
      }
    } catch (IOException e) {
      // The same as the end of the stream.
    }
    ready.complete(false);
  }

  private void awaitReady() throws IOException {
    try {
      if (ready.get(START_SECONDS, TimeUnit.SECONDS)) {
        server.get(START_SECONDS, TimeUnit.SECONDS);
        return;
      }
    } catch (TimeoutException e) {
      // Told below.
    } catch (ExecutionException e) {
      throw new IllegalStateException("Could not start the server", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stop();
      throw new IllegalStateException("Interrupted while a server starts", e);
    }
    stop();
    String output = lastLines();
    if (output.toLowerCase(Locale.ROOT).contains("address already in use")) {
      throw new PortTakenException(output);
    }
    throw new IllegalStateException("The server did not start; it said:\n" + output);
  }

  private String lastLines() {
    synchronized (lastLines) {
      return String.join("\n", lastLines);
    }
  }

  long pid() {
    return server.join().pid();
  }

  boolean isAlive() {
    return server.isDone() && server.join().isAlive();
  }

  /** Ends the server in good order; its directory stays. */
  void stop() {
    order("keep\n");
  }

  /** Ends the server for good; a temporary directory is deleted. */
  void end() {
    order("");
  }

  /** Kills the server as a crash would; its directory stays. */
  void kill() {
    kill(server.join());
    order("keep\n");
  }

  static void kill(ProcessHandle process) {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(0, process); // first: it must not react to the end of its children
    all.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle each : all) {
      try {
        each.onExit().get(KILL_SECONDS, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        // Dead, but in some containers nobody collects orphans: it stays in the process table.
      } catch (ExecutionException e) {
        throw new IllegalStateException("Could not wait for process " + each.pid(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted while a process ends", e);
      }
    }
  }

  private void order(String line) {
    try (OutputStream orders = supervisor.getOutputStream()) {
      orders.write(line.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // The supervisor is gone already.
    }
    try {
      await(supervisor, STOP_SECONDS);
    } catch (IllegalStateException e) {
      if (server.isDone()) {
        kill(server.join());
      }
      supervisor.destroyForcibly();
      throw e;
    }
  }

  private static int await(Process process, long seconds) {
    try {
      if (process.waitFor(seconds, TimeUnit.SECONDS)) {
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while a process ends", e);
    }
    throw new IllegalStateException("A process did not end within " + seconds + " s");
  }

  /** The port chosen for a server was taken by another process before the server had it. */
  static final class PortTakenException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    PortTakenException(String output) {
      super("The port of the server is taken; it said:\n" + output);
    }
  }
}
