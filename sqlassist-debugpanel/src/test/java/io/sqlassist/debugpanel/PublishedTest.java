package io.sqlassist.debugpanel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Nobody gets the panel who did not ask for it. */
class PublishedTest {

  private static final String PANEL = "sqlassist-debugpanel";

  private static Document xml(Path file) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    DocumentBuilder builder = factory.newDocumentBuilder();
    return builder.parse(file.toFile());
  }

  private static String text(Element element, String name) {
    NodeList found = element.getElementsByTagName(name);
    return found.getLength() == 0 ? "" : found.item(0).getTextContent().strip();
  }

  /** Dependencies outside of a management section, as {@code artifact:scope}. */
  private static List<String> dependencies(Document pom) {
    List<String> all = new ArrayList<>();
    NodeList found = pom.getElementsByTagName("dependency");
    for (int i = 0; i < found.getLength(); i++) {
      Element dependency = (Element) found.item(i);
      boolean managed =
          dependency.getParentNode().getParentNode().getNodeName().equals("dependencyManagement");
      if (!managed) {
        all.add(text(dependency, "artifactId") + ":" + text(dependency, "scope"));
      }
    }
    return all;
  }

  @Test
  @Proves("S20")
  void noLibraryModuleBringsThePanelAlong() throws Exception {
    List<Path> poms;
    try (Stream<Path> folders = Files.list(Repository.root())) {
      poms =
          folders
              .filter(each -> each.getFileName().toString().startsWith("sqlassist-"))
              .map(each -> each.resolve("pom.xml"))
              .filter(Files::isRegularFile)
              .toList();
    }
    assertThat(poms).anyMatch(each -> each.endsWith("sqlassist-core/pom.xml"));
    for (Path pom : poms) {
      assertThat(dependencies(xml(pom)))
          .as(pom.toString())
          .doesNotContain(PANEL + ":", PANEL + ":compile", PANEL + ":runtime", PANEL + ":provided");
    }
    assertThat(dependencies(xml(Repository.root().resolve("pom.xml"))))
        .noneMatch(each -> each.startsWith(PANEL + ":"));
  }

  @Test
  @Proves("S20")
  void theGuideShowsItInAProfileOfDevelopment() throws Exception {
    String guide = Files.readString(Repository.root().resolve("docs/debug-panel.md"));
    int artifact = guide.indexOf("<artifactId>" + PANEL);
    String before = guide.substring(0, artifact);

    assertThat(before.substring(before.lastIndexOf("```xml")))
        .contains("<profile>", "<id>dev</id>")
        .doesNotContain("</profile>");
  }
}
