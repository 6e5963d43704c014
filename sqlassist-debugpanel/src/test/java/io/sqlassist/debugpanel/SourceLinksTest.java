package io.sqlassist.debugpanel;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.trace.Frame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import library.TestApp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links into an editor, and that they are all that is known of sources. */
class SourceLinksTest {

  private static final String SECRET = "what stands in the source";

  @TempDir private Path folder;

  private Path root() throws IOException {
    Path root = folder.resolve("src/main/java");
    Files.createDirectories(root.resolve("shop"));
    Files.writeString(root.resolve("shop/Page.java"), SECRET);
    Files.writeString(folder.resolve("src/main/Outside.java"), SECRET);
    return root;
  }

  @Test
  @Proves("S14")
  void aLinkIsMadeOfTheClassTheFileAndARoot() throws IOException {
    Path root = root();
    SourceLinks links = new SourceLinks(List.of(root), "idea://open?file={file}&line={line}");

    assertThat(links.to(new Frame("shop.Page", "show", "Page.java", 7)))
        .hasValueSatisfying(
            link ->
                assertThat(link)
                    .startsWith("idea://open?file=")
                    .endsWith("/shop/Page.java&line=7"));
    assertThat(links.to(new Frame("shop.Page$Inner", "show", "Page.java", -1)))
        .hasValueSatisfying(link -> assertThat(link).endsWith("/shop/Page.java&line=1"));
  }

  @Test
  @Proves("S14")
  void noNameLeadsOutOfTheRoots() throws IOException {
    SourceLinks links = new SourceLinks(List.of(root()), "x://{file}");

    for (Frame frame :
        List.of(
            new Frame("shop.Page", "show", "Gone.java", 1),
            new Frame("shop.Page", "show", null, 1),
            new Frame("shop.Page", "show", "../../Outside.java", 1),
            new Frame("..Outside", "show", "Outside.java", 1),
            new Frame("shop/../..//x.Y", "show", "Outside.java", 1),
            new Frame("......Outside", "show", "Outside.java", 1),
            new Frame("/etc.X", "show", "passwd", 1),
            new Frame("shop.Page", "show", "/etc/passwd", 1),
            new Frame("shop.Page", "show", "..", 1),
            new Frame("Page", "show", "shop", 1))) {
      assertThat(links.to(frame)).as("%s", frame).isEmpty();
    }
    assertThat(new SourceLinks(List.of(), "x://{file}").to(new Frame("a.B", "c", "B.java", 1)))
        .isEmpty();
  }

  @Test
  @Proves("S14")
  void aLinkIsAllThatIsTold() throws IOException {
    Path sources = Path.of("src/test/java").toAbsolutePath();
    assertThat(sources.resolve("library/TestApp.java")).isRegularFile();
    try (TestApp app =
        TestApp.start(
            panel -> {
              panel.sourceRoots.add(sources);
              panel.editor = "vscode://file/{file}:{line}";
            })) {
      String id = app.trace("/authors");
      String statement = app.get("/__sqlassist/api/requests/" + id + "/statements/1").body();
      assertThat(statement).contains("vscode://file/" + sources + "/library/TestApp.java:");
      assertThat(statement).doesNotContain("createSelectionQuery");
      for (String path :
          List.of(
              "/library/TestApp.java",
              "/sources/library/TestApp.java",
              "/assets/library/TestApp.java",
              "/assets/../panel.html",
              "/assets/%2e%2e/panel.html",
              "/assets/",
              "/assets",
              "/api/source?file=library/TestApp.java",
              "/engines/../../library/TestApp.java")) {
        String body = Requests.raw(app, "GET /__sqlassist" + path).body();
        assertThat(body).as(path).doesNotContain("package library", "toolbar.js\n", "{token}");
      }
    }
  }
}
