package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.Test;

/** The tables of docs/migration.md name what there is. */
class MigrationTest {

  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern METHOD = Pattern.compile("\\b([a-z]\\w+)(?=\\()|(?<=::)([a-z]\\w+)");
  private static final Pattern EXCEPTION = Pattern.compile("\\b([A-Z]\\w+Exception)\\b");
  private static final List<Class<?>> OF_OTHERS = List.of(Session.class, SessionFactory.class);

  /** Javalin's, SQL's, and that of constructors. */
  private static final Set<String> ELSEWHERE = Set.of("registerPlugin", "lower", "new");

  private static List<String> answers() throws IOException {
    return Files.readAllLines(Pages.DOCS.resolve("migration.md")).stream()
        .filter(line -> line.startsWith("| ") && !line.startsWith("| there"))
        .map(line -> line.substring(line.indexOf(" | ") + 3))
        .toList();
  }

  private static Set<String> named(Pattern pattern) throws IOException {
    Set<String> names = new TreeSet<>();
    for (String answer : answers()) {
      Matcher code = CODE.matcher(answer);
      while (code.find()) {
        Matcher name = pattern.matcher(code.group(1));
        while (name.find()) {
          names.add(name.group(1) == null ? name.group(2) : name.group(1));
        }
      }
    }
    return names;
  }

  private static List<JavaClass> published() {
    return new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.sqlassist")
            .stream()
            .filter(each -> each.getModifiers().contains(JavaModifier.PUBLIC))
            .toList();
  }

  @Test
  void everyMethodIsThere() throws IOException {
    Set<String> names = named(METHOD);
    Set<String> there =
        published().stream()
            .flatMap(each -> each.getMethods().stream())
            .filter(method -> method.getModifiers().contains(JavaModifier.PUBLIC))
            .map(method -> method.getName())
            .collect(Collectors.toCollection(TreeSet::new));
    OF_OTHERS.stream()
        .flatMap(each -> Arrays.stream(each.getMethods()))
        .map(Method::getName)
        .forEach(there::add);

    assertThat(names).hasSizeGreaterThan(50);
    names.removeAll(there);
    names.removeAll(ELSEWHERE);
    assertThat(names).isEmpty();
  }

  @Test
  void everyExceptionIsThere() throws IOException {
    Set<String> names = named(EXCEPTION);
    Set<String> there =
        published().stream().map(JavaClass::getSimpleName).collect(Collectors.toSet());

    assertThat(names).isNotEmpty();
    names.removeAll(there);
    assertThat(names).isEmpty();
  }
}
