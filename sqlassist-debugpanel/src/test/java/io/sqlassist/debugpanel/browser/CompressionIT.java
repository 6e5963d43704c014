package io.sqlassist.debugpanel.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.compression.Brotli;
import io.javalin.compression.CompressionStrategy;
import io.javalin.compression.Gzip;
import io.sqlassist.debugpanel.Proves;
import library.TestApp;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages that are compressed on their way arrive whole, with the toolbar in them. */
class CompressionIT extends BrowserTests {

  @ParameterizedTest
  @ValueSource(strings = {"br", "gzip"})
  @Proves("A11")
  void aCompressedPageArrivesWholeAndWithItsToolbar(String encoding) {
    CompressionStrategy strategy =
        encoding.equals("br")
            ? new CompressionStrategy(new Brotli(4), null)
            : new CompressionStrategy(null, new Gzip(6));
    TestApp app =
        keep(
            TestApp.start(
                "dev", panel -> {}, config -> config.http.compressionStrategy = strategy));
    Tab tab = tab();
    tab.open(app.url("/large"));
    tab.waitFor("document.querySelector('sqlassist-toolbar')?.shadowRoot.querySelector('.bar b')");

    assertThat(tab.text("fetch('/large').then(r => r.headers.get('content-encoding'))"))
        .isEqualTo(encoding);
    assertThat(tab.text("document.querySelector('p').textContent.trim()"))
        .isEqualTo("ß漢".repeat(4_000));
  }
}
