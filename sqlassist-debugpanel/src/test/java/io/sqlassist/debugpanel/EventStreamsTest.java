package io.sqlassist.debugpanel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import library.TestApp;
import org.junit.jupiter.api.Test;

class EventStreamsTest {

  private static Socket listen(TestApp app, String header) throws IOException {
    Socket socket = new Socket("127.0.0.1", app.port());
    socket.setSoTimeout(60_000);
    String request =
        "GET /__sqlassist/api/events?topic=requests HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
            + header
            + "\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
    return socket;
  }

  private static String readUntil(Socket socket, String wanted) throws IOException {
    StringBuilder text = new StringBuilder();
    InputStream in = socket.getInputStream();
    while (text.indexOf(wanted) < 0) {
      int c = in.read();
      if (c < 0) {
        throw new AssertionError("ended without " + wanted + ": " + text);
      }
      text.append((char) c);
    }
    return text.toString();
  }

  @Test
  @Proves("S16")
  void aHundredListenersLeaveEight() throws IOException {
    try (TestApp app = TestApp.start()) {
      List<Socket> sockets = new ArrayList<>();
      int refused = 0;
      try {
        for (int i = 0; i < 100; i++) {
          Socket socket = listen(app, "");
          sockets.add(socket);
          refused += readUntil(socket, "\r\n").contains(" 429 ") ? 1 : 0;
          assertThat(app.plugin.panel().streams().size()).isLessThanOrEqualTo(EventStreams.MOST);
        }
      } finally {
        for (Socket socket : sockets) {
          socket.close();
        }
      }
      assertThat(refused).isEqualTo(92);
    }
  }

  @Test
  void pagesThatWereClosedMakeRoom() throws IOException {
    try (TestApp app = TestApp.start()) {
      for (int i = 0; i < 20; i++) {
        try (Socket socket = listen(app, "")) {
          assertThat(readUntil(socket, "\r\n")).contains(" 200 ");
          readUntil(socket, "event: hello");
        }
      }
    }
  }

  @Test
  void whoComesBackGetsWhatHeMissedAndOnlyThat() throws IOException {
    try (TestApp app = TestApp.start()) {
      for (int i = 0; i < 4; i++) {
        app.get("/twice");
      }
      try (Socket socket = listen(app, "Last-Event-ID: 2\r\n")) {
        String text = readUntil(socket, "id: 4\n");
        assertThat(text).contains("id: 3\n").doesNotContain("id: 2\n").doesNotContain("id: 1\n");
        app.get("/twice");
        assertThat(readUntil(socket, "id: 5\n")).doesNotContain("id: 3\n");
      }
    }
  }

  @Test
  void thereIsNoThreadWhileNobodyListens() throws Exception {
    Set<Thread> others = threads(); // of earlier applications, which may be about to end
    try (TestApp app = TestApp.start()) {
      app.get("/twice");
      assertThat(threads()).isSubsetOf(others);
      List<Thread> own = new ArrayList<>();
      try (Socket socket = listen(app, "")) {
        readUntil(socket, "event: hello");
        own.addAll(threads());
        own.removeAll(others);
        assertThat(own).hasSize(1);
      }
      app.cutStreams();
      own.get(0).join(60_000);
      assertThat(own.get(0).isAlive()).isFalse();
    }
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(each -> each.getName().equals("sqlassist-panel-events"))
        .collect(Collectors.toSet());
  }
}
