package io.sqlassist.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs the jar as a user does: another process, in a directory that is the project. */
class InstallRulesIT {

  private static final String SKILL = ".claude/skills/sqlassist/SKILL.md";

  @TempDir Path project;

  private record Run(int exit, String out, String err) {}

  @ParameterizedTest
  @CsvSource({
    "claude, 7, .claude/skills/sqlassist/references/sessions.md",
    "cursor, 6, .cursor/rules/sqlassist-sessions.mdc",
    "copilot, 6, .github/instructions/sqlassist-sessions.instructions.md",
    "windsurf, 6, .windsurf/rules/sqlassist-sessions.md",
    "junie, 7, .junie/sqlassist/sessions.md",
    "agents, 8, .agents/skills/sqlassist/references/sessions.md"
  })
  void anEmptyProjectGetsTheFilesOfItsAssistant(String target, int count, String one)
      throws Exception {
    Run run = install("--target", target);

    assertThat(run.err()).isEmpty();
    assertThat(run.exit()).isZero();
    assertThat(files()).hasSize(count);
    assertThat(text(one)).contains("ctx.with(SqlAssistPlugin.class)", "NoCurrentUnitException");
    assertThat(run.out().lines().filter(line -> line.startsWith("  written "))).hasSize(count);
  }

  @Test
  void theHeadsAreThoseThatTheAssistantsRead() throws Exception {
    install(
        "--target", "claude", "--target", "cursor", "--target", "copilot", "--target", "windsurf");

    assertThat(text(SKILL)).startsWith("---\nname: sqlassist\ndescription: \"");
    assertThat(head(".cursor/rules/sqlassist-sessions.mdc"))
        .contains("globs: **/*.java,**/*.kt", "alwaysApply: false")
        .anyMatch(line -> line.startsWith("description: \"Where "));
    assertThat(head(".cursor/rules/sqlassist-model.mdc")).contains("globs:", "alwaysApply: false");
    assertThat(head(".github/instructions/sqlassist-testing.instructions.md"))
        .contains("applyTo: \"**/src/test/**/*.java,**/src/test/**/*.kt\"");
    assertThat(head(".windsurf/rules/sqlassist-sessions.md"))
        .containsExactly("trigger: glob", "globs: **/*.java,**/*.kt");
    assertThat(head(".windsurf/rules/sqlassist-queries.md")).contains("trigger: model_decision");
  }

  @Test
  void aSecondRunChangesNothing() throws Exception {
    install("--target", "claude", "--target", "agents");
    TreeMap<String, String> before = contents();

    Run run = install("--target", "claude", "--target", "agents");

    assertThat(run.exit()).isZero();
    assertThat(run.out()).doesNotContain("written", "renewed", "[y/N]");
    assertThat(contents()).isEqualTo(before);
  }

  @Test
  void aFileOfAnOlderVersionIsRenewedWithoutAsking() throws Exception {
    install("--target", "claude");
    String current = text(SKILL);
    write(SKILL, Seal.close("the text of an older version\n"));

    Run run = install("--target", "claude");

    assertThat(run.out()).contains("  renewed    " + SKILL).doesNotContain("[y/N]");
    assertThat(text(SKILL)).isEqualTo(current);
  }

  @Test
  void lineEndsOfAnotherSystemAreNoChange() throws Exception {
    write(SKILL, Seal.close("the text of an older version\n").replace("\n", "\r\n"));

    assertThat(install("--target", "claude").out()).contains("  renewed    " + SKILL);
  }

  @Test
  void whereNobodyAnswersNothingIsChanged() throws Exception {
    write(SKILL, "my own skill\n");
    TreeMap<String, String> before = contents();

    Run run = install("--target", "claude");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err())
        .contains("nothing was changed", SKILL + " is there", "nobody answers", "--force");
    assertThat(contents()).isEqualTo(before);
  }

  @Test
  void aChangedFileIsReplacedAfterAYesOnly() throws Exception {
    install("--target", "cursor");
    String path = ".cursor/rules/sqlassist-model.mdc";
    String other = ".cursor/rules/sqlassist-queries.mdc";
    String original = text(path);
    write(path, original.replace("Engines", "Motors"));
    write(other, "mine\n");

    Run run = answer("yes\nno\n", "--target", "cursor");

    assertThat(run.exit()).isZero();
    assertThat(run.out())
        .contains(
            path + " was changed, or is not of install-rules. Replace it? [y/N]",
            "  replaced   " + path,
            "  kept       " + other);
    assertThat(text(path)).isEqualTo(original);
    assertThat(text(other)).isEqualTo("mine\n");
  }

  @ParameterizedTest
  @CsvSource({"''", "n", "maybe"})
  void whateverIsNoYesIsANo(String answer) throws Exception {
    write(SKILL, "mine\n");

    Run run = answer(answer + "\n", "--target", "claude");

    assertThat(run.exit()).isZero();
    assertThat(text(SKILL)).isEqualTo("mine\n");
    assertThat(files()).hasSize(7);
  }

  @Test
  void halfOfTheAnswersChangeNothing() throws Exception {
    write(".cursor/rules/sqlassist-model.mdc", "mine\n");
    write(".cursor/rules/sqlassist-queries.mdc", "mine\n");
    TreeMap<String, String> before = contents();

    assertThat(answer("y\n", "--target", "cursor").exit()).isEqualTo(1);
    assertThat(contents()).isEqualTo(before);
  }

  @Test
  void forceReplacesWithoutAsking() throws Exception {
    write(SKILL, "mine\n");

    Run run = install("--target", "claude", "--force");

    assertThat(run.exit()).isZero();
    assertThat(run.out()).contains("  replaced   " + SKILL).doesNotContain("[y/N]");
    assertThat(text(SKILL)).contains("name: sqlassist");
  }

  @Test
  void aFileThatIsNoTextIsSomebodyElses() throws Exception {
    Path file = project.resolve(SKILL);
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[] {(byte) 0xff, 0, (byte) 0xfe});

    assertThat(install("--target", "claude").exit()).isEqualTo(1);
    assertThat(Files.readAllBytes(file)).hasSize(3);
  }

  @Test
  void aSectionIsAddedToTheFileOfTheProjectAfterAYes() throws Exception {
    write("AGENTS.md", "# Our project\r\n\r\nUse tabs.");

    assertThat(install("--target", "agents").exit()).isEqualTo(1);
    assertThat(text("AGENTS.md")).isEqualTo("# Our project\r\n\r\nUse tabs.");
    Run run = answer("y\n", "--target", "agents");

    assertThat(run.out()).contains("AGENTS.md is yours. Add a section", "  extended   AGENTS.md");
    assertThat(text("AGENTS.md"))
        .startsWith("# Our project\r\n\r\nUse tabs.\r\n\r\n<!-- sqlassist-rules:begin ")
        .contains("## SqlAssist\r\n", ".agents/skills/sqlassist/references/sessions.md")
        .endsWith("<!-- sqlassist-rules:end -->\r\n");
    assertThat(text("AGENTS.md").replace("\r\n", "")).doesNotContain("\n");
  }

  @Test
  void theRestOfTheFileStaysWhenTheSectionIsRenewed() throws Exception {
    install("--target", "junie");
    String section = text(".junie/guidelines.md");
    write(".junie/guidelines.md", "before\n" + Seal.fence("an older section\n") + "\nafter\n");

    Run run = install("--target", "junie");

    assertThat(run.out()).contains("  renewed    .junie/guidelines.md");
    assertThat(text(".junie/guidelines.md")).isEqualTo("before\n" + section + "after\n");
  }

  @Test
  void aChangedSectionIsAskedFor() throws Exception {
    install("--target", "agents");
    write("AGENTS.md", text("AGENTS.md").replace("## SqlAssist", "## Databases"));

    assertThat(install("--target", "agents").exit()).isEqualTo(1);
    assertThat(answer("n\n", "--target", "agents").out()).contains("  kept       AGENTS.md");
    assertThat(answer("y\n", "--target", "agents").out()).contains("  replaced   AGENTS.md");
    assertThat(text("AGENTS.md")).contains("## SqlAssist");
  }

  @Test
  void aDamagedSectionIsLeftAloneAlsoByForce() throws Exception {
    install("--target", "agents");
    String damaged = text("AGENTS.md").replace("<!-- sqlassist-rules:end -->", "");
    write("AGENTS.md", damaged);

    Run run = install("--target", "agents", "--force");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("AGENTS.md has a section", "damaged", "Remove the section");
    assertThat(text("AGENTS.md")).isEqualTo(damaged);
  }

  @Test
  void anUnknownTargetListsTheKnownOnes() throws Exception {
    Run run = install("--target", "clippy");

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err().strip())
        .isEqualTo(
            "There is no target 'clippy'."
                + " Known: claude, cursor, copilot, windsurf, junie, agents.");
    assertThat(files()).isEmpty();
  }

  @Test
  void argumentsThatAreWrongAreExplained() throws Exception {
    assertThat(install().err()).contains("For which assistant?", "claude, cursor");
    assertThat(install("--target").err()).contains("--target needs a value, one of: claude");
    assertThat(install("--traget", "claude").err())
        .contains("There is no option '--traget'. Known: --target");
    assertThat(install("--target", "claude", "--wait", "soon").err())
        .contains("--wait needs a number of seconds", "'soon'");
    assertThat(run("", project, "instal-rules").err())
        .contains("There is no command 'instal-rules'. Known: install-rules");
    assertThat(install("--target", "claude", "--directory", "no/such").err())
        .contains("there is no directory no/such");
    Run nothing = run("", project);
    assertThat(nothing.exit()).isEqualTo(2);
    assertThat(nothing.err()).contains("Usage: java -jar", "windsurf  Windsurf");
    assertThat(run("", project, "--help").exit()).isZero();
    assertThat(files()).isEmpty();
  }

  @Test
  void anotherDirectoryMayBeTheProject() throws Exception {
    Path other = Files.createDirectory(project.resolve("other"));

    Run run = install("--target", "claude", "--directory", other.toString());

    assertThat(run.exit()).isZero();
    assertThat(files()).hasSize(7).allMatch(file -> file.startsWith("other/.claude/"));
  }

  @Test
  void aPlaceThatCannotBeWrittenIsTold() throws Exception {
    write(".claude", "a file, where a directory is needed");

    Run run = install("--target", "claude");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err())
        .contains(
            "Not installed: " + SKILL + " can't be written",
            ".claude is no directory",
            "nothing was changed");
  }

  @Test
  void whatCannotBeWrittenIsFoundBeforeTheFirstFileIsWritten() throws Exception {
    write(".junie", "a file, where a directory is needed");
    TreeMap<String, String> before = contents();

    Run run = install("--target", "claude", "--target", "junie");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains(".junie is no directory", "nothing was changed");
    assertThat(contents()).isEqualTo(before);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whoIsStoppedInTheMiddleIsToldSo() throws Exception {
    // The index is smaller than a file may be here, the first rule is larger.
    String limit = "ulimit -f 3; exec \"$0\" \"$@\"";
    List<String> command = new ArrayList<>(List.of("bash", "-c", limit));
    command.addAll(program("install-rules", "--target", "claude"));
    command.add(command.indexOf("-jar"), "-XX:-UsePerfData");

    Run run = run("", project, command);

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).contains("  written    ");
    assertThat(run.err())
        .startsWith("Stopped after 1 of 7 files: .claude/skills/sqlassist/references/")
        .contains("can't be written", "run the same command again")
        .doesNotContain("Not installed");
  }

  @Test
  void lineEndsOfTheUsersOwnTextStayAsTheyAre() throws Exception {
    String mine = "# Ours\r\nUnix\nWindows\r\nUnix\n";
    write("AGENTS.md", mine);

    assertThat(answer("y\n", "--target", "agents").exit()).isZero();
    String extended = text("AGENTS.md");
    assertThat(extended).startsWith(mine + "\n<!-- sqlassist-rules:begin ").endsWith("end -->\n");
    assertThat(extended.substring(mine.length())).doesNotContain("\r");

    String tail = "\nUnix\nWindows\r\n";
    write("AGENTS.md", mine + Seal.fence("older\n").replace("\n", "\r\n") + tail);
    assertThat(install("--target", "agents").out()).contains("  renewed    AGENTS.md");
    String renewed = text("AGENTS.md");
    assertThat(renewed).startsWith(mine + "<!-- sqlassist-rules:begin ").endsWith(tail);
    assertThat(
            renewed.substring(mine.length(), renewed.length() - tail.length()).replace("\r\n", ""))
        .doesNotContain("\n");
  }

  @Test
  void twoSectionsAreRefused() throws Exception {
    install("--target", "agents");
    String twice = text("AGENTS.md") + Seal.fence("of another branch\n") + "\n";
    write("AGENTS.md", twice);

    Run run = install("--target", "agents", "--force");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("AGENTS.md has more than one section", "Remove all but one");
    assertThat(text("AGENTS.md")).isEqualTo(twice);
  }

  @Test
  void aSectionWithoutItsFirstLineIsDamaged() throws Exception {
    write("AGENTS.md", "## SqlAssist\n<!-- sqlassist-rules:end -->\n");

    assertThat(answer("y\n", "--target", "agents").err()).contains("AGENTS.md has", "damaged");
  }

  @Test
  void aLinkOutOfTheProjectIsFollowedAfterAYesOnly(@TempDir Path other) throws Exception {
    Files.createSymbolicLink(project.resolve(".claude"), other);
    Path there = other.toRealPath().resolve("skills/sqlassist/SKILL.md");

    for (String force : List.of("", "--force")) {
      Run refused =
          force.isEmpty()
              ? install("--target", "claude")
              : install("--target", "claude", "--force");
      assertThat(refused.exit()).isEqualTo(1);
      assertThat(refused.err())
          .contains(SKILL + " leads out of the project, to " + there, "nobody answers");
      assertThat(other).isEmptyDirectory();
    }

    Run run = answer("y\n" + "n\n".repeat(6), "--target", "claude");
    assertThat(run.out())
        .contains(SKILL + " leads out of the project, to " + there + ". Write it there? [y/N]");
    assertThat(there).exists();
    assertThat(there.resolveSibling("references")).doesNotExist();
  }

  @Test
  void aLinkToWhatIsNotThereIsNoWayOut(@TempDir Path other) throws Exception {
    Path outside = other.toRealPath().resolve("outside.md");
    Files.createSymbolicLink(project.resolve("AGENTS.md"), outside);

    Run refused = install("--target", "agents");

    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains("AGENTS.md leads out of the project, to " + outside);
    assertThat(outside).doesNotExist();
    assertThat(answer("y\n", "--target", "agents").exit()).isZero();
    assertThat(outside).content().contains("## SqlAssist");
  }

  @Test
  void aLinkInsideOfTheProjectIsNothingToAskFor() throws Exception {
    Files.createSymbolicLink(project.resolve(".claude"), Path.of("assistants"));
    Files.createDirectory(project.resolve("assistants"));

    Run run = install("--target", "claude");

    assertThat(run.exit()).isZero();
    assertThat(files()).hasSize(7).allMatch(file -> file.startsWith("assistants/skills/"));
  }

  @Test
  void aLinkToItselfIsTold() throws Exception {
    Files.createSymbolicLink(project.resolve(".claude"), Path.of(".claude"));

    Run run = install("--target", "claude");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("Not installed: ", "a symbolic link that leads to itself");
  }

  @Test
  void anInputThatIsOpenAndSilentIsGivenUp() throws Exception {
    write(SKILL, "mine\n");
    Path out = Files.createTempFile("out", ".txt");
    Process process =
        new ProcessBuilder(program("install-rules", "--target", "claude", "--wait", "1"))
            .directory(project.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start(); // its input is a pipe into which nobody writes
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("it ends").isTrue();
      assertThat(process.exitValue()).isEqualTo(1);
      assertThat(out).content().contains("nothing was changed", "nobody answers");
    } finally {
      process.destroyForcibly();
      Files.deleteIfExists(out);
    }
    assertThat(contents()).containsOnlyKeys(SKILL);
  }

  private Run install(String... options) throws Exception {
    return answer("", options);
  }

  private Run answer(String answers, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("install-rules"));
    arguments.addAll(List.of(options));
    return run(answers, project, arguments.toArray(String[]::new));
  }

  private static List<String> program(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                System.getProperty("rules.jar")));
    command.addAll(List.of(arguments));
    return command;
  }

  private static Run run(String answers, Path directory, String... arguments) throws Exception {
    return run(answers, directory, program(arguments));
  }

  private static Run run(String answers, Path directory, List<String> command) throws Exception {
    Path in = Files.createTempFile("answers", ".txt");
    Path out = Files.createTempFile("out", ".txt");
    Path err = Files.createTempFile("err", ".txt");
    try {
      Files.writeString(in, answers);
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      try {
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("it ends").isTrue();
      } finally {
        process.destroyForcibly();
      }
      return new Run(
          process.exitValue(),
          Files.readString(out, StandardCharsets.UTF_8),
          Files.readString(err, StandardCharsets.UTF_8));
    } finally {
      for (Path file : List.of(in, out, err)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private void write(String path, String content) throws IOException {
    Path file = project.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private String text(String path) throws IOException {
    return Files.readString(project.resolve(path));
  }

  private List<String> head(String path) throws IOException {
    List<String> lines = text(path).lines().toList();
    assertThat(lines).first().isEqualTo("---");
    return lines.subList(1, lines.subList(1, lines.size()).indexOf("---") + 1);
  }

  private List<String> files() throws IOException {
    return List.copyOf(contents().keySet());
  }

  private TreeMap<String, String> contents() throws IOException {
    TreeMap<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(project)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(project.relativize(file).toString(), Files.readString(file));
      }
    }
    return contents;
  }
}
