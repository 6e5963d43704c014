package io.sqlassist.debugpanel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every statement of the panel's security and acceptance has a test that shows it, and the list of
 * them is true. With {@code -Ddocs.refresh} the list is written anew.
 */
class ProofsTest {

  private static final Path PAGE = Repository.root().resolve("docs/design/debug-panel-proofs.md");
  private static final Pattern ROW = Pattern.compile("\\| ([SA]\\d+) \\| (.*) \\| ([^|]*) \\|");

  private static Map<String, Set<String>> proofs() throws Exception {
    Map<String, Set<String>> proofs = new TreeMap<>();
    for (Class<?> type : testClasses()) {
      for (Method method : type.getDeclaredMethods()) {
        Proves proves = method.getAnnotation(Proves.class);
        for (String statement : proves == null ? new String[0] : proves.value()) {
          proofs
              .computeIfAbsent(statement, each -> new TreeSet<>())
              .add("`" + name(type) + "." + method.getName() + "`");
        }
      }
    }
    return proofs;
  }

  /** Two classes have the same name in different packages. */
  private static String name(Class<?> type) {
    return (type.getPackageName().endsWith(".browser") ? "browser." : "") + type.getSimpleName();
  }

  private static List<Class<?>> testClasses()
      throws IOException, URISyntaxException, ClassNotFoundException {
    Path classes =
        Path.of(ProofsTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Class<?>> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file :
          files.filter(each -> each.toString().matches(".*(Test|IT)\\.class")).toList()) {
        String name = classes.relativize(file).toString().replaceAll("[/\\\\]", ".");
        found.add(
            Class.forName(
                name.substring(0, name.length() - ".class".length()),
                false,
                ProofsTest.class.getClassLoader()));
      }
    }
    return found;
  }

  @Test
  void everyStatementIsShownByATestAndTheListIsTrue() throws Exception {
    Map<String, Set<String>> proofs = proofs();
    List<String> all = new ArrayList<>();
    for (String kind : List.of("S", "A")) {
      IntStream.rangeClosed(1, 20).forEach(number -> all.add(kind + number));
    }
    assertThat(proofs.keySet()).containsExactlyInAnyOrderElementsOf(all);

    List<String> listed = new ArrayList<>();
    List<String> wanted = new ArrayList<>();
    List<String> there = Files.readAllLines(PAGE);
    for (String line : there) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        listed.add(row.group(1));
        String tests = String.join(", ", proofs.get(row.group(1)));
        wanted.add("| " + row.group(1) + " | " + row.group(2) + " | " + tests + " |");
      } else {
        wanted.add(line);
      }
    }
    if (System.getProperty("docs.refresh") != null) {
      Files.write(PAGE, wanted);
      there = wanted;
    }
    assertThat(listed).containsExactlyElementsOf(all);
    assertThat(there).as("run with -Ddocs.refresh").isEqualTo(wanted);
  }
}
