package io.sqlassist.example;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The shop in a JVM of its own, started as {@code main} is. */
final class ChildShop implements AutoCloseable {

  private static final Pattern URL = Pattern.compile("http://127\\.0\\.0\\.1:\\d+");

  private final Process process;
  private final Path errors;

  private ChildShop(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
  }

  /**
   * Starts it.
   *
   * @param temporary where it may make temporary files
   */
  static ChildShop start(Path temporary, Map<String, String> environment) throws IOException {
    Path errors = temporary.resolveSibling(temporary.getFileName() + ".err");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djava.io.tmpdir=" + temporary,
            "-XX:-UsePerfData",
            "-cp",
            System.getProperty("java.class.path"),
            ShopApp.class.getName());
    builder.environment().keySet().removeAll(List.of("PORT", "SHOP_DATABASES", "SHOP_DATA"));
    builder.environment().putAll(environment);
    return new ChildShop(builder.redirectError(errors.toFile()).start(), errors);
  }

  /** Waits until it is open. */
  Shop open() throws IOException {
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    String line = lines.readLine();
    Matcher url = URL.matcher(String.valueOf(line));
    if (!url.find()) {
      throw new AssertionError("It said " + line + "\n" + errors());
    }
    return new Shop(url.group());
  }

  /** It, and all that it has started. */
  List<ProcessHandle> processes() {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    return all;
  }

  /** Sends SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** Sends SIGKILL. */
  void kill() {
    process.destroyForcibly();
  }

  int awaitExit() throws InterruptedException {
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      throw new AssertionError("It still runs");
    }
    return process.exitValue();
  }

  String errors() throws IOException {
    return Files.readString(errors);
  }

  /** Kills it, and waits until its databases have seen that and are gone too. */
  @Override
  public void close() {
    List<ProcessHandle> all = processes();
    process.destroyForcibly();
    for (ProcessHandle each : all) {
      each.onExit().orTimeout(1, TimeUnit.MINUTES).join();
    }
  }
}
