package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Holds the documentation against the code. Every Java block of a Markdown file stands below a mark
 * such as {@code <!-- code: ReadmeTest.java#first -->} and repeats that region of a test of this
 * package, in whatever module; the tests run, so the blocks do. Blocks of Kotlin repeat regions of
 * the consumer in Kotlin, which is built and run by the build.
 *
 * <p>The quick start is apart: its blocks are whole files, which QuickStartIT of the consumer tests
 * takes from the page and runs.
 *
 * <p>With {@code -Ddocs.refresh} the blocks are written anew from their regions first.
 */
class DocumentationTest {

  private static final Path ROOT = root();
  private static final List<Path> SOURCES =
      Stream.of(
              "sqlassist-javalin",
              "sqlassist-jta",
              "sqlassist-debugpanel",
              "sqlassist-micrometer",
              "sqlassist-testing")
          .map(module -> ROOT.resolve(module + "/src/test/java/io/sqlassist/docs"))
          .filter(Files::isDirectory)
          .toList();
  private static final Path README = ROOT.resolve("README.md");
  private static final Path QUICK_START = ROOT.resolve("docs/quick-start.md");
  private static final Pattern MARK =
      Pattern.compile("<!-- code: (\\w+\\.(?:java|kt)#[\\w-]+) -->");
  private static final Path KOTLIN_SOURCES =
      ROOT.resolve("consumer-tests/src/it/kotlin/src/main/kotlin");
  private static final Pattern FENCE = Pattern.compile("\\s*```(java|kotlin).*");
  private static final Pattern TAG = Pattern.compile("\\s*// (tag|end)::([\\w-]+)\\[]\\s*");
  private static final Pattern LINK = Pattern.compile("\\[[^]]*]\\(([^)\\s]+)\\)");
  private static final Pattern XML = Pattern.compile("(?ms)^```xml\\n.*?^```$");
  private static final Pattern VERSION = Pattern.compile("<version>([^<]+)</version>");
  private static final Pattern INLINE_CODE = Pattern.compile("`[^`]*`");

  /** A Java block of a page: its lines from the opening fence to the closing one, both excluded. */
  private record Block(Path page, int line, String region, int begin, int end, List<String> lines) {
    String place() {
      return ROOT.relativize(page) + ":" + line;
    }
  }

  @BeforeAll
  static void refreshIfAsked() throws IOException {
    if (System.getProperty("docs.refresh") != null) {
      Map<String, List<String>> regions = regions();
      for (Path page : pages()) {
        refresh(page, regions);
      }
    }
  }

  @Test
  void everyBlockRepeatsItsRegion() throws IOException {
    Map<String, List<String>> regions = regions();
    List<String> wrong = new ArrayList<>();
    for (Path page : pages()) {
      for (Block block : blocks(page)) {
        List<String> region = regions.get(block.region());
        if (block.region().isEmpty()) {
          wrong.add(block.place() + " has no mark: <!-- code: SomeTest.java#region -->");
        } else if (region == null) {
          wrong.add(block.place() + " names the region " + block.region() + ", which is not there");
        } else if (!region.equals(withoutIndent(block.lines()))) {
          wrong.add(
              block.place() + " differs from " + block.region() + ": run with -Ddocs.refresh");
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void everyMarkStandsAboveABlock() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Path page : pages()) {
      List<String> lines = Files.readAllLines(page);
      for (int i = 0; i < lines.size(); i++) {
        if (MARK.matcher(lines.get(i)).matches()
            && (i + 1 == lines.size() || !FENCE.matcher(lines.get(i + 1)).matches())) {
          wrong.add(ROOT.relativize(page) + ":" + (i + 1));
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void everyRegionIsUsed() throws IOException {
    Set<String> unused = new TreeSet<>(regions().keySet());
    for (Path page : pages()) {
      blocks(page).forEach(block -> unused.remove(block.region()));
    }
    assertThat(unused).isEmpty();
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    List<String> dead = new ArrayList<>();
    for (Path page : pages()) {
      for (String target : links(page)) {
        if (!leadsSomewhere(page, target)) {
          dead.add(ROOT.relativize(page) + " -> " + target);
        }
      }
    }
    assertThat(dead).isEmpty();
  }

  @Test
  void versionsInXmlAreThoseOfTheBuild() throws IOException {
    String build = Files.readString(ROOT.resolve("pom.xml"));
    List<String> wrong = new ArrayList<>();
    for (Path page : pages()) {
      Matcher block = XML.matcher(Files.readString(page));
      while (block.find() && !page.equals(QUICK_START)) {
        Matcher version = VERSION.matcher(block.group());
        while (version.find()) {
          if (!build.contains("ersion>" + version.group(1) + "<")) { // <version>, <h2.version>
            wrong.add(ROOT.relativize(page) + " has " + version.group());
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void everyPageCanBeReachedFromTheReadme() throws IOException {
    Set<Path> pages = new TreeSet<>(files(ROOT.resolve("docs"), ".md"));
    Set<Path> reached = new TreeSet<>();
    Deque<Path> next = new ArrayDeque<>(List.of(README));
    while (!next.isEmpty()) {
      Path page = next.remove();
      if (reached.add(page)) {
        linkedPages(page).forEach(next::add);
      }
    }
    pages.removeAll(reached);
    assertThat(pages).isEmpty();
  }

  @Test
  void theReadmeListsEveryGuide() throws IOException {
    Set<Path> guides = new TreeSet<>(files(ROOT.resolve("docs"), ".md"));
    guides.removeIf(page -> !page.getParent().equals(ROOT.resolve("docs")));
    guides.removeAll(linkedPages(README));
    assertThat(guides).isEmpty();
  }

  private static Set<Path> linkedPages(Path page) throws IOException {
    Set<Path> pages = new TreeSet<>();
    for (String target : links(page)) {
      if (!target.matches("[a-z]+:.*") && target.replaceFirst("#.*", "").endsWith(".md")) {
        pages.add(page.resolveSibling(target.replaceFirst("#.*", "")).normalize());
      }
    }
    return pages;
  }

  private static boolean leadsSomewhere(Path page, String target) throws IOException {
    if (target.matches("[a-z]+:.*")) {
      return true; // another site: none of this test's business
    }
    int hash = target.indexOf('#');
    String file = hash < 0 ? target : target.substring(0, hash);
    Path path = file.isEmpty() ? page : page.resolveSibling(file).normalize();
    if (!Files.exists(path)) {
      return false;
    }
    return hash < 0 || headings(path).contains(target.substring(hash + 1));
  }

  /** Where the links and the images of a page lead; a link's text may go over several lines. */
  private static List<String> links(Path page) throws IOException {
    List<String> links = new ArrayList<>();
    for (String paragraph : String.join("\n", prose(page)).split("\n\\s*\n")) {
      Matcher link = LINK.matcher(INLINE_CODE.matcher(paragraph).replaceAll("code"));
      while (link.find()) {
        links.add(link.group(1));
      }
    }
    return links;
  }

  /** The names under which the headings of a page can be linked to. */
  private static Set<String> headings(Path page) throws IOException {
    Set<String> headings = new TreeSet<>();
    for (String line : prose(page)) {
      if (line.startsWith("#")) {
        String text = line.replaceFirst("^#+\\s*", "").replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1");
        String name = text.toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", "").replace(' ', '-');
        String unique = name;
        for (int i = 1; !headings.add(unique); i++) {
          unique = name + "-" + i;
        }
      }
    }
    return headings;
  }

  /** The lines of a page that are not code. */
  private static List<String> prose(Path page) throws IOException {
    List<String> prose = new ArrayList<>();
    boolean code = false;
    for (String line : Files.readAllLines(page)) {
      if (line.startsWith("```")) {
        code = !code;
      } else if (!code) {
        prose.add(line);
      }
    }
    return prose;
  }

  private static void refresh(Path page, Map<String, List<String>> regions) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(page));
    List<Block> blocks = new ArrayList<>(blocks(page));
    for (int i = blocks.size() - 1; i >= 0; i--) {
      Block block = blocks.get(i);
      List<String> region = regions.get(block.region());
      if (region != null) {
        lines.subList(block.begin(), block.end()).clear();
        lines.addAll(block.begin(), region);
      }
    }
    if (!lines.equals(Files.readAllLines(page))) {
      Files.writeString(page, String.join("\n", lines) + "\n");
    }
  }

  private static List<Block> blocks(Path page) throws IOException {
    List<String> lines = Files.readAllLines(page);
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (FENCE.matcher(lines.get(i)).matches() && !page.equals(QUICK_START)) {
        Matcher mark = MARK.matcher(i == 0 ? "" : lines.get(i - 1));
        int end = i + 1;
        while (end < lines.size() && !lines.get(end).strip().equals("```")) {
          end++;
        }
        blocks.add(
            new Block(
                page,
                i + 1,
                mark.matches() ? mark.group(1) : "",
                i + 1,
                end,
                lines.subList(i + 1, end)));
        i = end;
      }
    }
    return blocks;
  }

  /** The tagged regions of this package's sources, without tags and indentation. */
  private static Map<String, List<String>> regions() throws IOException {
    Map<String, List<String>> regions = new LinkedHashMap<>();
    List<Path> sources = new ArrayList<>(files(KOTLIN_SOURCES, ".kt"));
    SOURCES.forEach(each -> sources.addAll(files(each, ".java")));
    for (Path source : sources) {
      Map<String, List<String>> open = new LinkedHashMap<>();
      for (String line : Files.readAllLines(source)) {
        Matcher tag = TAG.matcher(line);
        if (!tag.matches()) {
          open.values().forEach(region -> region.add(line));
        } else if (tag.group(1).equals("tag")) {
          open.put(tag.group(2), new ArrayList<>());
        } else {
          List<String> region = open.remove(tag.group(2));
          assertThat(region).as("end without beginning: %s in %s", line, source).isNotNull();
          String name = source.getFileName() + "#" + tag.group(2);
          assertThat(regions.put(name, withoutIndent(region))).as("twice: %s", name).isNull();
        }
      }
      assertThat(open.keySet()).as("regions without end in %s", source).isEmpty();
    }
    return regions;
  }

  /** Without indentation, and without blank lines at the beginning and at the end. */
  private static List<String> withoutIndent(List<String> lines) {
    int indent =
        lines.stream()
            .filter(line -> !line.isBlank())
            .mapToInt(line -> line.length() - line.stripLeading().length())
            .min()
            .orElse(0);
    List<String> moved =
        lines.stream().map(line -> line.isBlank() ? "" : line.substring(indent)).toList();
    int begin = 0;
    int end = moved.size();
    while (begin < end && moved.get(begin).isEmpty()) {
      begin++;
    }
    while (begin < end && moved.get(end - 1).isEmpty()) {
      end--;
    }
    return moved.subList(begin, end);
  }

  private static List<Path> pages() {
    return files(ROOT, ".md");
  }

  private static List<Path> files(Path directory, String ending) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> file.toString().endsWith(ending))
          .filter(file -> !ROOT.relativize(file).toString().matches("(.*/)?(target|\\.git)/.*"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(directory.resolve(".mvn"))) {
      directory = directory.getParent();
    }
    return directory;
  }
}
