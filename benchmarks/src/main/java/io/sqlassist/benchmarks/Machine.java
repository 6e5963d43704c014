package io.sqlassist.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;

/** On what, with what, and when it was measured. */
final class Machine {

  private static final Path CPU = Path.of("/proc/cpuinfo");

  private Machine() {}

  static Map<String, String> describe() throws IOException {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("date", LocalDate.now(ZoneOffset.UTC).toString());
    facts.put("commit", commit());
    facts.put(
        "machine",
        Runtime.getRuntime().availableProcessors()
            + " cores, "
            + processor()
            + ", "
            + System.getProperty("os.name")
            + "; the databases, the servers and the load share them");
    facts.put("JVM", System.getProperty("java.vm.name") + " " + Runtime.version());
    facts.put(
        "JVM of what runs on virtual threads",
        Jvm.withVirtualThreads().map(Jvm::version).orElse("none was found"));
    return facts;
  }

  private static String processor() throws IOException {
    if (!Files.isReadable(CPU)) {
      return System.getProperty("os.arch");
    }
    return Files.readAllLines(CPU).stream()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse(System.getProperty("os.arch"));
  }

  private static String commit() throws IOException {
    Process git =
        new ProcessBuilder("git", "describe", "--always", "--dirty")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String answer = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    return answer.isEmpty() ? "unknown" : answer; // what git complains of is no commit
  }
}
