package io.sqlassist.rules;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One rule file, as it stands in {@code docs/rules} of SqlAssist. */
record Rule(Topic topic, String title, String description, String body) {

  /** What there are rules for, the most important first. */
  enum Topic {
    SESSIONS(Scope.CODE),
    MODEL(Scope.ASKED),
    QUERIES(Scope.ASKED),
    TRANSACTIONS(Scope.ASKED),
    TESTING(Scope.TESTS),
    PERFORMANCE(Scope.ASKED);

    private final Scope scope;

    Topic(Scope scope) {
      this.scope = scope;
    }

    String fileName() {
      return name().toLowerCase(Locale.ROOT);
    }

    Scope scope() {
      return scope;
    }
  }

  /** When an assistant that can choose reads a rule by itself. */
  enum Scope {
    CODE,
    TESTS,
    /** When its description fits the task. */
    ASKED
  }

  private static final Pattern MARK = Pattern.compile("(?m)^<!-- code: .* -->\\n");
  private static final Pattern LINK =
      Pattern.compile(
          "\\]\\(("
              + String.join("|", Stream.of(Topic.values()).map(Topic::fileName).toList())
              + ")\\.md\\)");

  static List<Rule> all() {
    return Stream.of(Topic.values()).map(Rule::read).toList();
  }

  private static Rule read(Topic topic) {
    String resource = topic.fileName() + ".md";
    try (InputStream in = Rule.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("This jar is not complete: it has no " + resource + ".");
      }
      return parse(topic, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("This jar can't be read: " + resource, e);
    }
  }

  /** The heading is the title, the first paragraph the description. */
  static Rule parse(Topic topic, String text) {
    String body = MARK.matcher(text.replace("\r\n", "\n")).replaceAll("").strip() + "\n";
    String[] parts = body.split("\n\n", 3);
    if (parts.length < 3 || !parts[0].startsWith("# ")) {
      throw new IllegalStateException(
          "The rule " + topic.fileName() + " has no heading and first paragraph.");
    }
    return new Rule(topic, parts[0].substring(2), parts[1].replace('\n', ' '), body);
  }

  /** The text, with its links to other rules changed to where an assistant has them. */
  String body(String prefix, String suffix) {
    return LINK.matcher(body).replaceAll("](" + prefix + "$1" + suffix + ")");
  }
}
