package io.sqlassist.jta.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.jta.fixture.ThisNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a process with a coordinator leaves around it, and what a second one is told. */
class ProcessIT {

  private static final String LOG_EVERYTHING_OF_INTEREST =
      """
      <configuration>
        <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
          <encoder><pattern>LOG %level %logger - %msg%n</pattern></encoder>
        </appender>
        <root level="INFO"><appender-ref ref="OUT"/></root>
      </configuration>
      """;

  @TempDir Path folder;

  private Process start(Path directory) throws Exception {
    Path log = Files.writeString(folder.resolve("logback.xml"), LOG_EVERYTHING_OF_INTEREST);
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dlogback.configurationFile=" + log,
            "-cp",
            System.getProperty("java.class.path"),
            HolderMain.class.getName(),
            folder.resolve("store").toString())
        .directory(Files.createDirectories(directory).toFile())
        .redirectErrorStream(true)
        .start();
  }

  private static BufferedReader lines(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aCoordinatorOpensNoSocketLeavesNoFileAndSaysNothing() throws Exception {
    Process process = start(folder.resolve("empty"));
    try {
      process.getOutputStream().close();
      List<String> said = lines(process).lines().toList();
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
      assertThat(said).contains("listening on 0 sockets");
      assertThat(said)
          .filteredOn(line -> line.matches("LOG .*(com\\.arjuna|agroal|sqlassist).*"))
          .isEmpty();
      try (Stream<Path> files = Files.list(folder.resolve("empty"))) {
        assertThat(files).isEmpty();
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void aSecondProcessOnTheSameStoreIsToldWhoHasIt() throws Exception {
    Process first = start(folder.resolve("first"));
    try (BufferedReader lines = lines(first)) {
      String line = lines.readLine();
      while (line != null && !line.startsWith("listening")) {
        line = lines.readLine();
      }
      Process second = start(folder.resolve("second"));
      try {
        second.getOutputStream().close();
        List<String> said = lines(second).lines().toList();
        assertThat(said)
            .anyMatch(
                text ->
                    text.startsWith("refused:")
                        && text.contains("node=" + ThisNode.ID)
                        && text.contains("pid=" + first.pid()));
      } finally {
        second.destroyForcibly().waitFor();
      }
    } finally {
      first.destroyForcibly().waitFor();
    }
  }
}
