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

  private static final Pattern TEXT = Pattern.compile("(?ms)^```text\\n(.*?)^```$");

  private Pages() {}

  /** A {@code text} block of the page has that, broken into lines as it likes. */
  static void assertShows(String page, String output) {
    Path file = Path.of("").toAbsolutePath().getParent().resolve("docs").resolve(page);
    List<String> blocks =
        TEXT.matcher(read(file)).results().map(block -> oneLine(block.group(1))).toList();
    assertThat(blocks).as("what docs/%s shows", page).contains(oneLine(output));
  }

  /** As a page shows an exception: its class, and what it says. */
  static void assertShows(String page, Throwable failure) {
    assertShows(page, failure.getClass().getSimpleName() + ": " + failure.getMessage());
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
