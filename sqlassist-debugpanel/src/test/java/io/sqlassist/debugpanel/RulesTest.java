package io.sqlassist.debugpanel;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What no line of the panel and of the recorder may do, whatever a request or a test brings. */
class RulesTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.sqlassist.debugpanel", "io.sqlassist.trace");

  private static DescribedPredicate<JavaAccess<?>> calls(String description, Pattern targets) {
    return DescribedPredicate.describe(
        description,
        access ->
            targets
                .matcher(access.getTargetOwner().getName() + "." + access.getTarget().getName())
                .matches());
  }

  @Test
  @Proves("S1")
  void nothingIsLoadedReadOrRunByName() {
    noClasses()
        .that()
        // It asks for three classes of drivers, whose names are in it.
        .doNotHaveFullyQualifiedName("io.sqlassist.trace.PhysicalIds$Getter")
        .should()
        .accessTargetWhere(
            calls(
                "classes, files, scripts or objects by name",
                Pattern.compile(
                    "java\\.lang\\.Class\\.forName|java\\.lang\\.ClassLoader\\.(loadClass|getResource.*)"
                        + "|java\\.lang\\.(Runtime|ProcessBuilder)\\..*|javax\\.script\\..*|javax\\.naming\\..*"
                        + "|java\\.io\\.(File|FileInputStream|FileReader|RandomAccessFile|ObjectInputStream)\\..*"
                        + "|java\\.nio\\.file\\.Files\\.(?!isRegularFile).*"
                        + "|.*\\.(createQuery|createNativeQuery|createSelectionQuery|createMutationQuery"
                        + "|createNativeMutationQuery|createNamedQuery|createStoredProcedure.*)")))
        .check(CLASSES);
  }

  /** What is executed is a recorded statement that passed the gate, in one place. */
  @Test
  @Proves("S1")
  void onlyExplainExecutesAnything() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("io.sqlassist.trace.Explain")
        .should()
        .accessTargetWhere(
            calls(
                "JDBC executions",
                Pattern.compile(
                    "java\\.sql\\.(Prepared|Callable)?Statement\\.execute.*"
                        + "|java\\.sql\\.Connection\\.(prepare|createStatement).*")))
        .check(CLASSES);
  }

  @Test
  @Proves({"S14", "S11"})
  void filesAreLookedForAndNeverRead() {
    Set<String> used = new TreeSet<>();
    for (JavaClass each : CLASSES) {
      each.getAccessesFromSelf().stream()
          .filter(access -> access.getTargetOwner().getName().equals("java.nio.file.Files"))
          .forEach(access -> used.add(each.getSimpleName() + " " + access.getTarget().getName()));
    }
    assertThat(used).containsExactly("SourceLinks isRegularFile");
  }

  @Test
  @Proves("S15")
  void nothingOpensAConnectionToAnybody() {
    noClasses()
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "are of the network",
                each ->
                    each.getPackageName().startsWith("java.net.http")
                        || each.getPackageName().startsWith("java.nio.channels")
                        || each.getPackageName().startsWith("javax.net")
                        || (each.getPackageName().equals("java.net")
                            && !Set.of(
                                    "URI",
                                    "URLEncoder",
                                    "URLDecoder",
                                    "InetAddress",
                                    "InetSocketAddress",
                                    "SocketAddress",
                                    "UnknownHostException")
                                .contains(each.getSimpleName()))))
        .check(CLASSES);
    // The one that knows addresses gives it digits only, so nobody is asked for a name.
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("io.sqlassist.debugpanel.Guard")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.net.InetAddress")
        .check(CLASSES);
  }

  /** What the recorder hangs itself on, and what reads. */
  private static final List<String> HARMLESS =
      List.of(
          "addEventListeners", // of one session
          "appendListener", // around those of a new factory
          "clearListeners",
          "format", // of a text
          "onInitializeCollection", // passing on
          "onLoad");

  @Test
  @Proves("S18")
  void ofPoolsAndHibernateOnlyReadersAreCalled() {
    Set<String> used = new TreeSet<>();
    for (JavaClass each : CLASSES) {
      each.getAccessesFromSelf().stream()
          .filter(
              access ->
                  access.getTargetOwner().getPackageName().startsWith("com.zaxxer.hikari")
                      || access.getTargetOwner().getPackageName().startsWith("org.hibernate"))
          .map(access -> access.getTarget().getName())
          .forEach(used::add);
    }
    assertThat(used).contains("getHikariPoolMXBean", "getThreadsAwaitingConnection");
    used.removeAll(HARMLESS);
    assertThat(used)
        .allMatch(
            name ->
                name.matches(
                    "(get|is|has|can|find)[A-Z].*|unwrap|requireService|listeners|<init>|[A-Z_]+"));
  }

  /** Data sources and connections: what is set for a plan is set back, and nothing is suspended. */
  @Test
  @Proves("S18")
  void onlyExplainChangesAConnection() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("io.sqlassist.trace.Explain")
        .should()
        .accessTargetWhere(
            calls(
                "setters of connections",
                Pattern.compile("java\\.sql\\.Connection\\.(set|commit|rollback|abort).*")))
        .check(CLASSES);
  }
}
