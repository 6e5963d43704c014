package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import io.sqlassist.debugpanel.DebugPanelPlugin;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.javalin.SqlAssistPlugin;
import io.sqlassist.session.Units;
import io.sqlassist.trace.Finding;
import io.sqlassist.trace.Recorder;
import io.sqlassist.trace.Trace;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The code of {@code docs/debug-panel.md}. */
class DebugPanelGuideTest {

  @Test
  void thePanelIsMadeBeforeTheEngines() throws Exception {
    System.setProperty("sqlassist.mode", "dev");
    EngineRegistry engines = EngineRegistry.create();
    // tag::register[]
    DebugPanelPlugin panel = new DebugPanelPlugin(cfg -> cfg.registry = engines);
    engines.initializeEngine("writer", engine -> engine.url("jdbc:h2:mem:guide").entities());
    Javalin app =
        Javalin.create(
            config -> {
              config.registerPlugin(new SqlAssistPlugin(cfg -> cfg.registry = engines));
              config.registerPlugin(panel);
              config.routes.get("/", ctx -> ctx.html("<body>Hello</body>"));
            });
    // end::register[]
    try {
      app.start("127.0.0.1", 0);
      HttpResponse<String> page =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + app.port() + "/"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());

      assertThat(page.body()).contains("toolbar.js");
      assertThat(page.headers().firstValue("X-SqlAssist-Request")).isPresent();
    } finally {
      System.clearProperty("sqlassist.mode");
      app.stop();
      engines.close();
    }
  }

  @Test
  void settingsAreFields() {
    EngineRegistry engines = EngineRegistry.create();
    DebugPanelPlugin plugin =
        // tag::settings[]
        new DebugPanelPlugin(
            cfg -> {
              cfg.registry = engines;
              cfg.path = "/__sqlassist";
              cfg.toolbar = true;
              cfg.hosts.add("shop.test");
              cfg.sourceRoots.add(Path.of("src/main/java"));
              cfg.editor = "idea://open?file={file}&line={line}";
              cfg.recorder =
                  recorder -> recorder.requests(500).slowStatement(Duration.ofMillis(50));
            });
    // end::settings[]
    assertThat(plugin.name()).isEqualTo("DebugPanelPlugin");
  }

  @Test
  void aTestCanAskForTheFindings() throws Exception {
    // tag::test[]
    EngineRegistry engines = EngineRegistry.create();
    Duration patient = Duration.ofMinutes(5); // so that a busy machine is no finding
    Recorder recorder =
        new Recorder(cfg -> cfg.slowStatement(patient).slowAcquire(patient).heldIdle(patient));
    engines.observe(recorder);
    engines.initializeEngine("writer", engine -> engine.url("jdbc:h2:mem:tested").entities());

    Trace trace =
        recorder.record(
            "all names",
            () ->
                Units.inUnit(
                    engines,
                    db ->
                        db.writer().createNativeQuery("select 1", Integer.class).getResultList()));

    assertThat(trace.findings()).extracting(Finding::text).isEmpty();
    assertThat(trace.totals().statements()).isEqualTo(1);
    // end::test[]
    engines.close();
  }
}
