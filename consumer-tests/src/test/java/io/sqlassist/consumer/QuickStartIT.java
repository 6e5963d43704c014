package io.sqlassist.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.consumer.Page.Command;
import io.sqlassist.consumer.Page.FileBlock;
import io.sqlassist.consumer.Page.Open;
import io.sqlassist.consumer.Page.Stop;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Does what docs/quick-start.md says, with the artifacts that this build has installed into a
 * repository of its own.
 */
class QuickStartIT {

  private static final Path MODULE = Path.of("").toAbsolutePath();
  private static final Path ROOT = MODULE.getParent();
  private static final Path TARGET = MODULE.resolve("target");
  private static final Pattern VERSION = Pattern.compile("<version>([^<]+)</version>");

  private static List<String> lines() throws IOException {
    return Files.readAllLines(ROOT.resolve("docs/quick-start.md"));
  }

  @Test
  void whoFollowsThePageGetsWhatItShows() throws Exception {
    Page page = Page.read(lines());
    List<URI> opened = new ArrayList<>();
    try (Reader reader =
        new Reader(
            emptyDirectory("quick-start"),
            environment(),
            address -> {
              showsThePanelWithBothRequests(address);
              opened.add(address);
            })) {
      reader.follow(page);

      assertThat(reader.requests()).hasSizeGreaterThanOrEqualTo(6);
    }
    assertThat(opened).hasSize(1);
  }

  /** What the page says of the panel. */
  private static void showsThePanelWithBothRequests(URI address) {
    HttpResponse<String> panel = Reader.get(address);
    assertThat(panel.statusCode()).isEqualTo(200);
    Matcher asset = Pattern.compile("(?:src|href)=\"([^\"]+\\.(?:js|css))\"").matcher(panel.body());
    int assets = 0;
    while (asset.find()) {
      assertThat(Reader.get(address.resolve(asset.group(1))).statusCode())
          .as(asset.group())
          .isEqualTo(200);
      assets++;
    }
    assertThat(assets).isPositive();

    String requests = Reader.get(address.resolve("api/requests")).body();
    assertThat(entry(requests, "POST /books"))
        .contains("\"commits\":1", "{\"engine\":\"writer\",\"state\":\"END\",\"statements\":2,");
    assertThat(entry(requests, "GET /books"))
        .contains("\"rows\":1", "{\"engine\":\"reader\",\"state\":\"END\",\"statements\":1,");
  }

  /** What the list has of the only request with that title. */
  private static String entry(String requests, String title) {
    List<String> entries =
        Stream.of(requests.split("(?=\\{\"id\":)"))
            .filter(entry -> entry.contains("\"title\":\"" + title + "\""))
            .toList();
    assertThat(entries).as("entries of " + title + " in " + requests).hasSize(1);
    return entries.get(0);
  }

  @Test
  void theVersionsOnThePageAreThoseOfTheBuild() throws IOException {
    String build = Files.readString(ROOT.resolve("pom.xml"));
    Matcher version = VERSION.matcher(pom());
    TreeSet<String> unknown = new TreeSet<>();
    while (version.find()) {
      if (!build.contains("ersion>" + version.group(1) + "<")) { // <version>, <h2.version>
        unknown.add(version.group(1));
      }
    }
    assertThat(unknown).containsExactly("1"); // the project's own
  }

  @Test
  void sqlAssistIsInstalledAsTheReadmeSays() throws IOException {
    List<String> commands =
        Page.read(lines()).steps().stream()
            .filter(Command.class::isInstance)
            .map(step -> ((Command) step).text())
            .filter(Reader::isInstallation)
            .toList();

    assertThat(commands).hasSize(1);
    assertThat(Files.readString(ROOT.resolve("README.md"))).contains(commands.get(0));
  }

  @Test
  void onlyTheFirstCommandIsLeftOutAsThePageSays() throws IOException {
    List<Boolean> leftOut =
        Page.read(lines()).steps().stream()
            .filter(Command.class::isInstance)
            .map(step -> Reader.isInstallation(((Command) step).text()))
            .toList();

    assertThat(leftOut.get(0)).isTrue();
    assertThat(leftOut.subList(1, leftOut.size())).isNotEmpty().containsOnly(false);
    assertThat(String.join(" ", lines())).contains("Only the first command it leaves out");
  }

  @Test
  void theOldestJUnitThatIsToldIsTheOneThatIsTested() throws IOException {
    Matcher oldest =
        Pattern.compile("<junit\\.oldest\\.version>(\\d+\\.\\d+)\\.0<")
            .matcher(Files.readString(ROOT.resolve("pom.xml")));

    assertThat(oldest.find()).isTrue();
    String told = "JUnit " + oldest.group(1) + " or newer";
    assertThat(Files.readString(ROOT.resolve("docs/testing.md"))).contains(told);
    assertThat(Files.readString(ROOT.resolve("sqlassist-testing/pom.xml"))).contains(told);
  }

  @Test
  void aPageIsReadAsAReaderReadsIt() {
    Page page =
        Page.read(
            """
            # A page
            `src/A.java`:

            ```java
            class A {}
            ```

            ```sh
            curl http://127.0.0.1:8080/
            ```

            ```text
            Hello
            ```

            Open <http://127.0.0.1:8080/panel> and stop it with Ctrl+C.
            """
                .lines()
                .toList());

    assertThat(page.steps())
        .containsExactly(
            new FileBlock(4, "src/A.java", "class A {}\n"),
            new Command(8, "curl http://127.0.0.1:8080/", List.of("Hello")),
            new Open(16, "http://127.0.0.1:8080/panel"),
            new Stop(16));
  }

  @Test
  void aBlockThatNobodyWouldFollowIsRefused() {
    assertThatThrownBy(() -> Page.read(List.of("So:", "", "```java", "class A {}", "```")))
        .hasMessage("Line 3: a block of java that no name of a file stands above");
    assertThatThrownBy(
            () -> Page.read(List.of("```sh", "mvn test", "```", "It says", "```text", "Hi", "```")))
        .hasMessage("Line 5: an answer without a command");
  }

  @Test
  void whatIsNotAsThePageSaysIsTold() throws Exception {
    List<String> page = List.of("# A page", "```sh", "mvn -v", "```", "```text", "Gradle", "```");
    try (Reader reader = new Reader(emptyDirectory("wrong-page"), environment(), address -> {})) {
      assertThatThrownBy(() -> reader.follow(Page.read(page)))
          .hasMessageStartingWith("Line 2 of the page:")
          .hasMessageContaining("Gradle");
    }
  }

  private static String pom() throws IOException {
    return Page.read(lines()).steps().stream()
        .filter(step -> step instanceof FileBlock file && file.path().equals("pom.xml"))
        .map(step -> ((FileBlock) step).content())
        .findFirst()
        .orElseThrow();
  }

  /** Empty but for what has Maven use this build's repository, and not the user's. */
  private static Path emptyDirectory(String name) throws IOException {
    Path work = TARGET.resolve(name);
    delete(work);
    Path directory = Files.createDirectories(work.resolve("shop"));
    Files.createDirectories(work.resolve("output"));
    Path settings = work.resolve("settings.xml");
    Files.writeString(
        settings,
        Files.readString(MODULE.resolve("src/it/settings.xml"))
            .replace("@localRepositoryUrl@", localRepository().toUri().toString()));
    Path config = Files.createDirectories(directory.resolve(".mvn")).resolve("maven.config");
    Files.writeString(
        config,
        "--settings="
            + settings
            + "\n-Dmaven.repo.local="
            + TARGET.resolve("repository")
            + "\n--batch-mode\n");
    return directory;
  }

  /** Where the Maven that runs this build keeps what it has fetched; Failsafe tells it. */
  private static Path localRepository() {
    return Path.of(System.getProperty("localRepository")).toAbsolutePath();
  }

  private static Map<String, String> environment() {
    String maven = System.getProperty("maven.home") + "/bin";
    return Map.of(
        "PORT",
        "0",
        "JAVA_HOME",
        System.getProperty("java.home"),
        "PATH",
        maven + File.pathSeparator + System.getenv("PATH"));
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
