package io.sqlassist.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

class ServerArmTest {

  /** The same for all arms, on purpose. */
  private static final Set<String> SHARED = Set.of("hikaricp.version", "postgresql.version");

  private static Element pom(Path directory) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(directory.resolve("pom.xml").toFile())
        .getDocumentElement();
  }

  private static Set<String> propertiesOf(Element pom) {
    Set<String> names = new TreeSet<>();
    NodeList properties = pom.getElementsByTagName("properties").item(0).getChildNodes();
    for (int i = 0; i < properties.getLength(); i++) {
      if (properties.item(i).getNodeType() == Node.ELEMENT_NODE) {
        names.add(properties.item(i).getNodeName());
      }
    }
    return names;
  }

  private static String text(Element element, String child) {
    NodeList found = element.getElementsByTagName(child);
    return found.getLength() == 0 ? "" : found.item(0).getTextContent();
  }

  /** Maven lets what a parent manages win over a BOM. */
  @ParameterizedTest
  @EnumSource(names = {"SPRING_BOOT", "DROPWIZARD"})
  void noVersionOfAnArmIsThatOfOurParent(ServerArm arm) throws Exception {
    Path module = arm.module().orElseThrow().toRealPath();
    Set<String> said = propertiesOf(pom(module));
    List<String> classPath = arm.classPath();
    List<String> decidedByTheParent = new ArrayList<>();

    NodeList managed =
        ((Element)
                pom(module.resolve("../..")).getElementsByTagName("dependencyManagement").item(0))
            .getElementsByTagName("dependency");
    for (int i = 0; i < managed.getLength(); i++) {
      Element each = (Element) managed.item(i);
      String directory =
          "/" + text(each, "groupId").replace('.', '/') + "/" + text(each, "artifactId") + "/";
      String property = text(each, "version").replaceAll("[${}]", "");
      if (classPath.stream().anyMatch(entry -> entry.contains(directory))
          && !SHARED.contains(property)
          && !said.contains(property)) {
        decidedByTheParent.add(property);
      }
    }

    assertThat(managed.getLength()).isGreaterThan(10);
    assertThat(classPath).hasSizeGreaterThan(50);
    assertThat(decidedByTheParent)
        .as("properties that %s/pom.xml must set to the versions of its BOM", module)
        .isEmpty();
  }
}
