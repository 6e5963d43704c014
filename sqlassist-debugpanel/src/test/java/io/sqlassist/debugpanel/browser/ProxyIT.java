package io.sqlassist.debugpanel.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.debugpanel.Panels;
import io.sqlassist.debugpanel.Proves;
import java.io.IOException;
import library.ReverseProxy;
import library.TestApp;
import org.junit.jupiter.api.Test;

/** Behind a reverse proxy on this machine, where every stranger looks local. */
class ProxyIT extends BrowserTests {

  @Test
  @Proves({"A15", "S4"})
  void throughAProxyThereIsNoPanel() throws IOException {
    TestApp app = keep(TestApp.start());
    ReverseProxy proxy = keep(ReverseProxy.to(app.port()));
    mayComplainOf("404");
    Tab tab = tab();
    tab.open("http://127.0.0.1:" + proxy.port() + "/authors");

    assertThat(tab.page()).contains("Ada: 2");
    assertThat(tab.eval("!!document.querySelector('sqlassist-toolbar')").asBoolean()).isFalse();
    assertThat(tab.eval("fetch('/authors').then(r => [...r.headers.keys()])").toString())
        .contains("content-type")
        .doesNotContain("sqlassist", "server-timing");
    for (String path : new String[] {"/", "/api/requests", "/api/status"}) {
      assertThat(tab.eval("fetch('/__sqlassist" + path + "').then(r => r.status)").asInt())
          .as(path)
          .isEqualTo(404);
    }
    tab.open(app.url("/authors"));
    tab.waitFor("document.querySelector('sqlassist-toolbar')?.shadowRoot.querySelector('.bar b')");
  }

  @Test
  @Proves("A15")
  void theTokenOpensThePanelThroughAProxyAndOnlyForWhoHasIt() throws IOException {
    TestApp app = keep(TestApp.start(panel -> panel.remoteHosts.add("dev.test")));
    ReverseProxy proxy = keep(ReverseProxy.to(app.port()));
    String panel = "http://dev.test:" + proxy.port() + "/__sqlassist/";
    mayComplainOf("404");
    mayComplainOf("Cross-Origin-Opener-Policy"); // which only secure origins have
    Tab stranger = tab();
    stranger.open(panel);
    assertThat(stranger.page()).doesNotContain("SqlAssist");

    Tab friend = tab();
    friend.open(panel + "?token=" + Panels.token(app.plugin));
    assertThat(friend.text("location.search")).isEmpty();
    friend.waitFor("document.querySelector('.live').dataset.on === '1'");
    app.get("/twice");
    friend.waitFor("document.body.innerText.includes('/twice')");
    friend.eval(
        "[...document.querySelectorAll('button')].find(b => b.textContent === 'Pause').click()");
    friend.waitFor("document.body.innerText.includes('record again')");

    assertThat(stranger.eval("fetch('/__sqlassist/api/requests').then(r => r.status)").asInt())
        .isEqualTo(404);
    stranger.open(panel + "?token=" + "0".repeat(32));
    assertThat(stranger.page()).doesNotContain("SqlAssist");
  }
}
