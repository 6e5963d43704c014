package io.sqlassist.rules;

import io.sqlassist.rules.Rule.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An assistant, and the files that it reads. */
enum Target {
  CLAUDE("Claude Code: a skill in .claude/skills/sqlassist") {
    @Override
    List<PlannedFile> files(List<Rule> rules) {
      return skill(".claude/skills/sqlassist/", rules);
    }
  },
  CURSOR("Cursor: rules in .cursor/rules") {
    @Override
    List<PlannedFile> files(List<Rule> rules) {
      return each(rules, ".cursor/rules/", ".mdc", Target::cursorHead);
    }
  },
  COPILOT("GitHub Copilot: instructions in .github/instructions") {
    @Override
    List<PlannedFile> files(List<Rule> rules) {
      return each(rules, ".github/instructions/", ".instructions.md", Target::copilotHead);
    }
  },
  WINDSURF("Windsurf: rules in .windsurf/rules") {
    @Override
    List<PlannedFile> files(List<Rule> rules) {
      return each(rules, ".windsurf/rules/", ".md", Target::windsurfHead);
    }
  },
  JUNIE("JetBrains Junie: files in .junie/sqlassist, and a section of .junie/guidelines.md") {
    @Override
    List<PlannedFile> files(List<Rule> rules) {
      List<PlannedFile> files = new ArrayList<>();
      for (Rule rule : rules) {
        files.add(
            PlannedFile.whole(
                ".junie/sqlassist/" + rule.topic().fileName() + ".md", rule.body("", ".md")));
      }
      files.add(PlannedFile.section(".junie/guidelines.md", pointer(".junie/sqlassist/", rules)));
      return files;
    }
  },
  AGENTS(
      "Codex, Gemini CLI and others: a skill in .agents/skills/sqlassist, and a section of"
          + " AGENTS.md") {
    @Override
    List<PlannedFile> files(List<Rule> rules) {
      List<PlannedFile> files = new ArrayList<>(skill(".agents/skills/sqlassist/", rules));
      files.add(
          PlannedFile.section("AGENTS.md", pointer(".agents/skills/sqlassist/references/", rules)));
      return files;
    }
  };

  private static final String CODE = "**/*.java,**/*.kt";
  private static final String TESTS = "**/src/test/**/*.java,**/src/test/**/*.kt";
  private static final String PREFIX = "sqlassist-";

  private interface Head {
    String of(Rule rule);
  }

  private final String meaning;

  Target(String meaning) {
    this.meaning = meaning;
  }

  /** What is to be written for this assistant, below the directory of the project. */
  abstract List<PlannedFile> files(List<Rule> rules);

  String meaning() {
    return meaning;
  }

  String argument() {
    return name().toLowerCase(Locale.ROOT);
  }

  static String arguments() {
    return Stream.of(values()).map(Target::argument).collect(Collectors.joining(", "));
  }

  /** A directory with an index, which is read first, and the rules, which are read when needed. */
  private static List<PlannedFile> skill(String directory, List<Rule> rules) {
    List<PlannedFile> files = new ArrayList<>();
    StringBuilder index =
        new StringBuilder(
            """
            ---
            name: sqlassist
            description: "How to use SqlAssist for Java (io.sqlassist), Hibernate sessions by engine \
            name in units of work. Use when code opens sessions, queries, writes, commits, maps \
            entities or tests against a database in this project."
            ---

            # SqlAssist

            Read the sessions rule before the first line of code, and the others when you come to what they are about.

            """);
    for (Rule rule : rules) {
      String path = "references/" + rule.topic().fileName() + ".md";
      index.append("* [" + rule.title() + "](" + path + "): " + rule.description() + "\n");
    }
    files.add(PlannedFile.whole(directory + "SKILL.md", index.toString()));
    for (Rule rule : rules) {
      files.add(
          PlannedFile.whole(
              directory + "references/" + rule.topic().fileName() + ".md", rule.body("", ".md")));
    }
    return files;
  }

  private static List<PlannedFile> each(
      List<Rule> rules, String directory, String suffix, Head head) {
    return rules.stream()
        .map(
            rule ->
                PlannedFile.whole(
                    directory + PREFIX + rule.topic().fileName() + suffix,
                    "---\n" + head.of(rule) + "---\n\n" + rule.body(PREFIX, suffix)))
        .toList();
  }

  private static String cursorHead(Rule rule) {
    return "description: \""
        + rule.description()
        + "\"\n"
        + ("globs: " + globs(rule.topic().scope())).stripTrailing()
        + "\nalwaysApply: false\n";
  }

  private static String copilotHead(Rule rule) {
    // Without applyTo nothing is read by itself, so what is only read when asked for is for code.
    String globs = rule.topic().scope() == Scope.TESTS ? TESTS : CODE;
    return "description: \"" + rule.description() + "\"\napplyTo: \"" + globs + "\"\n";
  }

  private static String windsurfHead(Rule rule) {
    return rule.topic().scope() == Scope.ASKED
        ? "trigger: model_decision\ndescription: \"" + rule.description() + "\"\n"
        : "trigger: glob\nglobs: " + globs(rule.topic().scope()) + "\n";
  }

  private static String globs(Scope scope) {
    return switch (scope) {
      case CODE -> CODE;
      case TESTS -> TESTS;
      case ASKED -> "";
    };
  }

  private static String pointer(String directory, List<Rule> rules) {
    StringBuilder section =
        new StringBuilder(
            """
            ## SqlAssist

            This project uses SqlAssist for Java: Hibernate sessions by engine name, in units of work. Before you write
            code that touches a database, read `%ssessions.md`. Read the others when you come to what they are about:

            """
                .formatted(directory));
    for (Rule rule : rules) {
      section.append(
          "* `" + directory + rule.topic().fileName() + ".md`: " + rule.description() + "\n");
    }
    return section.toString();
  }
}
