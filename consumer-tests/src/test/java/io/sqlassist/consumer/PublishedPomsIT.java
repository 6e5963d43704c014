package io.sqlassist.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** What Maven Central asks of a POM, and what users expect of the set of them. */
class PublishedPomsIT {

  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final XPath XPATH = XPathFactory.newInstance().newXPath();
  private static final Set<String> WITHOUT_BOM =
      Set.of("sqlassist-bom", "sqlassist-rules"); // itself, and a program

  /** The directories of the modules that are published. */
  static List<String> published() throws Exception {
    List<String> published = new ArrayList<>();
    for (String module : texts(pom("."), "/project//modules/module")) {
      if (!texts(pom(module), "/project/properties/maven.deploy.skip").contains("true")) {
        published.add(module);
      }
    }
    return published;
  }

  @Test
  void theModulesArePublishedAndTheRestIsNot() throws Exception {
    assertThat(published())
        .contains("sqlassist-core", "sqlassist-javalin", "sqlassist-bom", "sqlassist-rules")
        .doesNotContain("example-app", "benchmarks", "consumer-tests", "jta-scenarios")
        .allMatch(module -> module.startsWith("sqlassist-"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name",
        "description",
        "url",
        "licenses/license/name",
        "licenses/license/url",
        "developers/developer/name",
        "developers/developer/url",
        "scm/url",
        "scm/connection",
        "scm/developerConnection"
      })
  void theParentTellsWhatAllInherit(String element) throws Exception {
    assertThat(texts(pom("."), "/project/" + element)).isNotEmpty().doesNotContain("");
  }

  /** Maven would append the module's name to inherited addresses. */
  @Test
  void addressesAreInheritedAsTheyAre() throws Exception {
    assertThat(
            texts(
                pom("."),
                "/project/@child.project.url.inherit.append.path"
                    + " | /project/scm/@*[starts-with(name(), 'child.scm.')]"))
        .hasSize(4)
        .containsOnly("false");
  }

  @ParameterizedTest
  @MethodSource("published")
  void eachModuleTellsItsNameAndWhatItIs(String module) throws Exception {
    Document pom = pom(module);
    assertThat(texts(pom, "/project/artifactId")).containsExactly(module);
    assertThat(texts(pom, "/project/name")).singleElement().asString().startsWith("SqlAssist ");
    assertThat(texts(pom, "/project/description"))
        .singleElement()
        .asString()
        .hasSizeGreaterThan(20);
    assertThat(texts(pom, "/project/parent/artifactId")).containsExactly("sqlassist-parent");
  }

  @ParameterizedTest
  @MethodSource("published")
  void noModuleNeedsWhatIsNotPublished(String module) throws Exception {
    String used = "/project/dependencies/dependency[not(scope = 'test')]";
    assertThat(texts(pom(module), used + "[groupId = 'io.sqlassist']/artifactId"))
        .isSubsetOf(published());
    assertThat(texts(pom(module), used + "/version")).as("versions are in the root").isEmpty();
    assertThat(texts(pom(module), "//systemPath | /project/repositories")).isEmpty();
  }

  @Test
  void theBomHasEveryModule() throws Exception {
    Set<String> expected = new TreeSet<>(published());
    expected.removeAll(WITHOUT_BOM);

    assertThat(
            texts(
                pom("sqlassist-bom"),
                "/project/dependencyManagement/dependencies/dependency/artifactId"))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void nothingThatIsReleasedIsASnapshotOfOthers() throws Exception {
    assertThat(texts(pom("."), "/project/properties/*"))
        .noneMatch(each -> each.endsWith("-SNAPSHOT"));
  }

  private static Document pom(String module) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(ROOT.resolve(module).resolve("pom.xml").toFile());
  }

  private static List<String> texts(Document pom, String path) throws Exception {
    NodeList nodes = (NodeList) XPATH.evaluate(path, pom, XPathConstants.NODESET);
    return Stream.iterate(0, i -> i < nodes.getLength(), i -> i + 1)
        .map(i -> nodes.item(i).getTextContent().strip())
        .toList();
  }
}
