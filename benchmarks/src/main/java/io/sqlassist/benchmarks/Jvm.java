package io.sqlassist.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * A Java on this machine.
 *
 * @param java the program
 * @param version as it names itself, for example {@code 25.0.1}
 */
record Jvm(Path java, String version) {

  /** From here on {@code synchronized} pins no virtual thread. */
  static final int WITHOUT_PINNING = 24;

  /** The one that runs this. */
  static Jvm current() {
    return new Jvm(
        Path.of(System.getProperty("java.home"), "bin", "java"), Runtime.version().toString());
  }

  /**
   * One whose virtual threads are not pinned by {@code synchronized}: what {@code newer.jvm} says,
   * the current one, or the newest that is found where JDKs usually are.
   */
  static Optional<Jvm> withVirtualThreads() {
    String said = System.getProperty("newer.jvm", "");
    if (!said.isBlank()) {
      return Optional.of(
          of(Path.of(said)).orElseThrow(() -> new IllegalArgumentException("No Java: " + said)));
    }
    if (Runtime.version().feature() >= WITHOUT_PINNING) {
      return Optional.of(current());
    }
    return homes()
        .flatMap(home -> of(home.resolve("bin/java")).stream())
        .filter(jvm -> jvm.feature() >= WITHOUT_PINNING)
        .max(Comparator.comparingInt(Jvm::feature));
  }

  private static Stream<Path> homes() {
    Stream<Path> named =
        System.getenv().entrySet().stream()
            .filter(entry -> entry.getKey().matches("JAVA_HOME_\\d+|JAVA_\\d+_HOME|JAVA_HOME"))
            .map(Map.Entry::getValue)
            .map(Path::of);
    Stream<Path> usual =
        Stream.of(
                Path.of("/usr/lib/jvm"),
                Path.of("/opt/java"),
                Path.of(System.getProperty("user.home"), ".sdkman/candidates/java"))
            .flatMap(Jvm::children);
    return Stream.concat(named, usual);
  }

  private static Stream<Path> children(Path directory) {
    if (!Files.isDirectory(directory)) {
      return Stream.empty();
    }
    try (Stream<Path> children = Files.list(directory)) {
      return children.sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** By the file {@code release}, which each JDK has in its directory. */
  private static Optional<Jvm> of(Path java) {
    Path release = java.resolveSibling("../release").normalize();
    if (!Files.isExecutable(java) || !Files.isReadable(release)) {
      return Optional.empty();
    }
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(release)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String version = properties.getProperty("JAVA_VERSION", "").replace("\"", "");
    return version.isEmpty() ? Optional.empty() : Optional.of(new Jvm(java, version));
  }

  int feature() {
    return Runtime.Version.parse(version).feature();
  }

  /** Starts a program, whose errors come out here. */
  Process start(List<String> flags, String classPath, String mainClass, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(java.toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath, mainClass));
    command.addAll(arguments);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }
}
