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
    assertThat(run.err()).contains("Not installed: " + SKILL + " can't be written");
  }

  private Run install(String... options) throws Exception {
    return answer("", options);
  }

  private Run answer(String answers, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("install-rules"));
    arguments.addAll(List.of(options));
    return run(answers, project, arguments.toArray(String[]::new));
  }

  private static Run run(String answers, Path directory, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                System.getProperty("rules.jar")));
    command.addAll(List.of(arguments));
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
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
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
