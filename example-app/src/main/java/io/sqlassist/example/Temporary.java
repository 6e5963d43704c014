package io.sqlassist.example;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Directories that go when the shop closes. */
final class Temporary {

  private Temporary() {}

  static Path directory() {
    try {
      return Files.createTempDirectory("sqlassist-shop-");
    } catch (IOException e) {
      throw new UncheckedIOException("Could not make a directory for the data: " + e, e);
    }
  }

  static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not delete " + directory, e);
    }
  }
}
