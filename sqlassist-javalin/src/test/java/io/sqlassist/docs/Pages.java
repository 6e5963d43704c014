package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** What the pages of the documentation show as the output of code. */
final class Pages {

  static final Path DOCS = Path.of("").toAbsolutePath().resolveSibling("docs");

  private static final Pattern TEXT = Pattern.compile("(?ms)^```text\\n(.*?)^```$");

  private Pages() {}

  /** A {@code text} block of the page has that, broken into lines as it likes. */
  static void assertShows(String page, String output) {
    assertThat(shown(DOCS.resolve(page))).as("what docs/%s shows", page).contains(oneLine(output));
  }

  static void assertShows(String page, Throwable failure) {
    assertShows(page, asShown(failure));
  }

  /** As a page shows an exception: its class, and what it says. */
  static String asShown(Throwable failure) {
    return failure.getClass().getSimpleName() + ": " + failure.getMessage();
  }

  /** The {@code text} blocks of a page, without the line breaks of the page. */
  static List<String> shown(Path page) {
    return TEXT.matcher(read(page)).results().map(block -> oneLine(block.group(1))).toList();
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
