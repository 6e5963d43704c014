package io.sqlassist.crac;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A checkpoint through {@code org.crac}, in a JVM of its own, up to where the image would be
 * written: there no socket may be open.
 */
@EnabledOnOs(OS.LINUX)
class CheckpointIT {

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(
      value = DatabaseKind.class,
      names = {"POSTGRESQL", "MARIADB"})
  void noSocketToADatabaseIsOpenInTheImage(DatabaseKind kind) throws Exception {
    assertThat(run(kind.fresh()))
        .containsSubsequence(
            "answer before: 42",
            "sockets before: true",
            "sockets in the image: 0",
            "answer after: 42");
  }

  private List<String> run(DatabaseHandle database) throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dorg.crac.Core.Compat=io.sqlassist.crac",
            "-cp",
            System.getProperty("java.class.path"),
            CheckpointedApplication.class.getName(),
            database.jdbcUrl(),
            database.username());
    Path output = directory.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("DATABASE_PASSWORD", database.password());
    Process process = builder.start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("it ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    return Files.readAllLines(output);
  }
}
