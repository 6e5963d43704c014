import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Lays out the Markdown files of this repository for the Maven Site Plugin, and looks at what it has
 * made of them. The plugin runs both: {@code mvn -q -N site}.
 *
 * <pre>
 * java scripts/Site.java prepare ROOT SOURCE SKIN   SKIN is the version of the skin
 * java scripts/Site.java check ROOT SITE
 * </pre>
 */
public class Site {

  private static final Pattern LINK = Pattern.compile("(\\[[^]]*]\\()([^)\\s]+)\\)");
  private static final Pattern ITEM = Pattern.compile("\\[([^]]+)]\\(([^)\\s]+)\\)");
  private static final Pattern GROUP = Pattern.compile("\\* \\*\\*([^*]+)\\*\\*: (.*)");
  private static final Pattern REFERENCE = Pattern.compile("(?:href|src)=\"([^\"]+)\"");
  private static final Pattern NAME = Pattern.compile("\\bid=\"([^\"]+)\"");

  private final Path root;

  private Site(Path root) {
    this.root = root;
  }

  public static void main(String[] args) throws IOException {
    Site site = new Site(Path.of(args[1]).toAbsolutePath().normalize());
    Path place = Path.of(args[2]).toAbsolutePath().normalize();
    if (args[0].equals("prepare")) {
      site.prepare(place, args[3]);
    } else {
      List<String> problems = site.check(place);
      problems.forEach(System.err::println);
      if (!problems.isEmpty()) {
        System.exit(1);
      }
    }
  }

  /** The pages, by their path from the root. */
  private List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    try (Stream<Path> top = Files.list(root);
        Stream<Path> docs = Files.walk(root.resolve("docs"))) {
      Stream.concat(top, docs)
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .forEach(file -> pages.add(root.relativize(file)));
    }
    return pages;
  }

  /** The README is the page that a site begins with. */
  private static Path onSite(Path page) {
    return page.equals(Path.of("README.md")) ? Path.of("index.md") : page;
  }

  private void prepare(Path source, String skin) throws IOException {
    deleteAll(source);
    for (Path page : pages()) {
      write(source.resolve("markdown").resolve(onSite(page)), converted(page, source));
    }
    write(source.resolve("resources/css/site.css"), STYLE);
    write(source.resolve("site.xml"), SITE_XML.formatted(skin, menus()));
  }

  /** As it is, with the names that GitHub gives to headings, and links to where things are here. */
  private String converted(Path page, Path source) throws IOException {
    StringBuilder text = new StringBuilder();
    Map<String, Integer> names = new HashMap<>();
    boolean code = false;
    for (String line : Files.readAllLines(root.resolve(page))) {
      if (line.startsWith("```")) {
        code = !code;
      } else if (!code && line.startsWith("#")) {
        text.append("<a id=\"").append(name(line, names)).append("\"></a>\n\n");
      }
      text.append(code ? line : withLinks(line, page, source)).append('\n');
    }
    return text.toString();
  }

  private static String name(String heading, Map<String, Integer> names) {
    String text =
        heading.replaceFirst("^#+\\s*", "").replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1");
    String name =
        text.toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", "").replace(' ', '-');
    int before = names.merge(name, 1, Integer::sum) - 1;
    return before == 0 ? name : name + "-" + before;
  }

  private String withLinks(String line, Path page, Path source) throws IOException {
    Matcher link = LINK.matcher(line);
    StringBuilder text = new StringBuilder();
    while (link.find()) {
      link.appendReplacement(
          text, Matcher.quoteReplacement(link.group(1) + target(link.group(2), page, source) + ")"));
    }
    return link.appendTail(text).toString();
  }

  private String target(String link, Path page, Path source) throws IOException {
    if (link.matches("[a-z]+:.*") || link.startsWith("#")) {
      return link;
    }
    int hash = link.indexOf('#');
    String fragment = hash < 0 ? "" : link.substring(hash);
    Path file =
        root.resolve(page).resolveSibling(hash < 0 ? link : link.substring(0, hash)).normalize();
    Path target = root.relativize(file);
    if (target.toString().endsWith(".md")) {
      Path from = root.resolve(page).getParent();
      return from.relativize(root.resolve(onSite(target))) + fragment;
    }
    if (Files.isRegularFile(file)) {
      Path copy = source.resolve("resources").resolve(target);
      Files.createDirectories(copy.getParent());
      Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
    }
    return link;
  }

  /** The README's list of pages. */
  private String menus() throws IOException {
    StringBuilder menus = new StringBuilder();
    String list =
        Files.readString(root.resolve("README.md"))
            .replaceFirst("(?s).*\n## Documentation\n", "")
            .replaceFirst("(?s)\n## .*", "")
            .replace("\n  ", " ");
    for (String line : list.split("\n")) {
      Matcher group = GROUP.matcher(line);
      if (group.matches()) {
        menus.append("    <menu name=\"").append(group.group(1)).append("\">\n");
        Matcher item = ITEM.matcher(group.group(2));
        while (item.find()) {
          String text = item.group(1).replace("`", "");
          menus
              .append("      <item name=\"")
              .append(text.substring(0, 1).toUpperCase(Locale.ROOT))
              .append(text.substring(1))
              .append("\" href=\"")
              .append(item.group(2).replaceFirst("\\.md\\b", ".html"))
              .append("\"/>\n");
        }
        menus.append("    </menu>\n");
      }
    }
    return menus.toString();
  }

  /** What is missing, and where links lead nowhere. */
  private List<String> check(Path site) throws IOException {
    List<String> problems = new ArrayList<>();
    for (Path page : pages()) {
      Path made = site.resolve(onSite(page).toString().replaceFirst("\\.md$", ".html"));
      if (!Files.exists(made)) {
        problems.add("There is no page for " + page);
      }
    }
    Map<Path, Set<String>> names = new TreeMap<>();
    try (Stream<Path> files = Files.walk(site)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".html")).toList()) {
        names.put(file, all(NAME, Files.readString(file)));
      }
    }
    int links = 0;
    for (Path file : names.keySet()) {
      for (String reference : all(REFERENCE, Files.readString(file))) {
        links++;
        String problem = problem(reference, file, names);
        if (!problem.isEmpty()) {
          problems.add(site.relativize(file) + " -> " + reference + ": " + problem);
        }
      }
    }
    System.out.println(names.size() + " pages, " + links + " links: " + site.resolve("index.html"));
    return problems;
  }

  private static String problem(String reference, Path file, Map<Path, Set<String>> names) {
    URI target = URI.create(reference.replace("&amp;", "&"));
    if (target.isAbsolute()) {
      return reference.matches(".*\\.(js|css|woff2?)") ? "is fetched from elsewhere" : "";
    }
    Path path =
        target.getPath().isEmpty() ? file : file.resolveSibling(target.getPath()).normalize();
    if (!Files.exists(path)) {
      return "is not there";
    }
    if (path.toString().endsWith(".md")) {
      return "is no page of the site";
    }
    if (target.getFragment() == null || !names.containsKey(path)) {
      return "";
    }
    return names.get(path).contains(target.getFragment()) ? "" : "has no such heading";
  }

  private static Set<String> all(Pattern pattern, String text) {
    Set<String> found = new TreeSet<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static void deleteAll(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static final String SITE_XML =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <site xmlns="http://maven.apache.org/SITE/2.0.0"
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
            xsi:schemaLocation="http://maven.apache.org/SITE/2.0.0 https://maven.apache.org/xsd/site-2.0.0.xsd"
            name="SqlAssist for Java" combine.self="override">
        <skin>
          <groupId>org.apache.maven.skins</groupId>
          <artifactId>maven-fluido-skin</artifactId>
          <version>%s</version>
        </skin>
        <bannerLeft name="SqlAssist for Java" href="index.html"/>
        <publishDate position="none"/>
        <version position="left"/>
        <body>
      %s  </body>
      </site>
      """;

  private static final String STYLE =
      """
      #bannerLeft, #banner h1, #banner h2 { font-size: 24px; line-height: 32px; margin: 8px 0; }
      #bodyColumn { max-width: 60em; }
      #bodyColumn h1 { font-size: 30px; }
      #bodyColumn h2 { font-size: 24px; margin-top: 28px; }
      #bodyColumn h3 { font-size: 19px; }
      #bodyColumn img { max-width: 100%; }
      .sidebar-nav:has(#poweredBy) { display: none; }
      @media (max-width: 767px) { .row-fluid { display: flex; flex-direction: column-reverse; } }
      pre { overflow-x: auto; white-space: pre; word-break: normal; }
      """;
}
