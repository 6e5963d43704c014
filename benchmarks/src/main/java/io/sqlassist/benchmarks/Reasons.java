package io.sqlassist.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Why goals were missed, written by hand: {@code reasons.md}, with a heading for each comparison,
 * which is its name.
 */
final class Reasons {

  private static final String HEADING = "## ";

  private final Map<String, String> texts;

  private Reasons(Map<String, String> texts) {
    this.texts = texts;
  }

  static Reasons read() {
    try (InputStream in = Reasons.class.getResourceAsStream("/reasons.md")) {
      if (in == null) {
        throw new IllegalStateException("reasons.md is not on the class path");
      }
      return of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Reasons of(String page) {
    Map<String, String> texts = new LinkedHashMap<>();
    String[] sections = ("\n" + page).split("\n" + HEADING, -1);
    for (int i = 1; i < sections.length; i++) {
      int line = sections[i].indexOf('\n');
      String id = (line < 0 ? sections[i] : sections[i].substring(0, line)).strip();
      texts.put(id, line < 0 ? "" : sections[i].substring(line).strip());
    }
    return new Reasons(texts);
  }

  /** The names of all comparisons that have one. */
  Iterable<String> ids() {
    return texts.keySet();
  }

  Optional<String> of(Comparison<?> comparison) {
    return Optional.ofNullable(texts.get(comparison.id())).filter(text -> !text.isEmpty());
  }
}
