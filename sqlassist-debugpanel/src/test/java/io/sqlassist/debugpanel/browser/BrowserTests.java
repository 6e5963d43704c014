package io.sqlassist.debugpanel.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import library.TestApp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Tests with a browser: each has tabs of its own, which are closed, and asked what they saw. */
@Browser
abstract class BrowserTests {

  /** All names that the browser was told are this machine. */
  private static final Pattern HERE =
      Pattern.compile(
          "(data|blob|about):.*|http://(127\\.0\\.0\\.1|localhost|evil\\.test|dev\\.test):.*");

  private Chromium chromium;
  private final List<Tab> tabs = new ArrayList<>();
  private final Deque<AutoCloseable> servers = new ArrayDeque<>();
  private final List<String> expectedMessages = new ArrayList<>();

  @BeforeEach
  void keepBrowser(Chromium given) {
    chromium = given;
  }

  /**
   * Whatever a page writes to the console is a failure, unless a test has said that it may. So is
   * every request to another machine.
   */
  @AfterEach
  void noTabComplained() throws Exception {
    try {
      askAndCloseTabs();
    } finally {
      while (!servers.isEmpty()) {
        servers.pop().close();
      }
    }
  }

  private void askAndCloseTabs() {
    List<String> messages = new ArrayList<>();
    List<String> dialogs = new ArrayList<>();
    List<String> elsewhere = new ArrayList<>();
    for (Tab tab : tabs) {
      tab.requested().stream()
          .filter(each -> !HERE.matcher(each).matches())
          .forEach(elsewhere::add);
      messages.addAll(tab.messages());
      dialogs.addAll(tab.dialogs());
      tab.close();
    }
    messages.removeIf(each -> each.contains("/favicon.ico"));
    messages.removeIf(each -> expectedMessages.stream().anyMatch(each::contains));
    assertThat(messages).as("messages on the console").isEmpty();
    assertThat(dialogs).as("dialogs").isEmpty();
    assertThat(elsewhere).as("requests to other machines").isEmpty();
  }

  void mayComplainOf(String part) {
    expectedMessages.add(part);
  }

  /**
   * A server of one test. It ends after the tabs are closed: a page that is left behind, as long as
   * it is there, goes on asking, and complains.
   */
  <T extends AutoCloseable> T keep(T server) {
    servers.push(server);
    return server;
  }

  Tab tab() {
    Tab tab = chromium.tab();
    tabs.add(tab);
    return tab;
  }

  Tab tabBeside(Tab other) {
    Tab tab = chromium.tabBeside(other);
    tabs.add(tab);
    return tab;
  }

  Tab windowBeside(Tab other) {
    Tab tab = chromium.windowBeside(other);
    tabs.add(tab);
    return tab;
  }

  /** Opens one of a request's tabs. */
  Tab request(TestApp app, String id, String name) {
    return tab().open(app.panel("/requests/" + id + "?tab=" + name));
  }
}
