package io.sqlassist.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.rules.Rule.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class RuleTest {

  private static final Pattern LINK = Pattern.compile("]\\(([^)]+)\\)");

  static List<Rule> rules() {
    return Rule.all();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void eachSaysWhatToDoAndWhatNotAndShowsCode(Rule rule) {
    assertThat(rule.body()).contains("\n## Do\n", "\n## Don't\n", "\n```java\n");
    assertThat(rule.body()).doesNotContain("<!-- code:");
  }

  /** It goes into a quoted text of YAML. */
  @ParameterizedTest
  @MethodSource("rules")
  void eachDescriptionIsOneLineWithoutQuotes(Rule rule) {
    assertThat(rule.description()).doesNotContain("\"", "\\", "\n", "`").endsWith(".");
    assertThat(rule.description()).hasSizeBetween(40, 200);
  }

  /** Windsurf reads no more than 12,000 characters; all of them cost the reader something. */
  @ParameterizedTest
  @MethodSource("rules")
  void eachIsShort(Rule rule) {
    assertThat(rule.body()).hasSizeLessThan(6_000);
  }

  @ParameterizedTest
  @EnumSource(Target.class)
  void everyLinkLeadsToAFileThatIsInstalled(Target target) {
    List<PlannedFile> files = target.files(Rule.all());
    List<Path> paths = files.stream().map(file -> Path.of(file.path())).toList();
    for (PlannedFile file : files) {
      List<Path> linked =
          LINK.matcher(file.content())
              .results()
              .map(link -> Path.of(file.path()).resolveSibling(link.group(1)).normalize())
              .toList();
      assertThat(paths).as(file.path()).containsAll(linked);
    }
    assertThat(files).anySatisfy(file -> assertThat(file.content()).containsPattern(LINK));
  }

  @ParameterizedTest
  @EnumSource(Target.class)
  void noTwoFilesHaveOnePath(Target target) {
    assertThat(target.files(Rule.all())).extracting(PlannedFile::path).doesNotHaveDuplicates();
  }

  @Test
  void everyFileOfTheDirectoryIsARule() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../docs/rules"))) {
      assertThat(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(name -> !name.equals("README.md")))
          .containsExactlyInAnyOrderElementsOf(
              Stream.of(Topic.values()).map(topic -> topic.fileName() + ".md").toList());
    }
  }

  @Test
  void aTextWithoutTitleIsRefused() {
    assertThatThrownBy(() -> Rule.parse(Topic.MODEL, "no title\n\nno more\n\nbody"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("model");
  }
}
