package io.sqlassist.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shop as a process: how it begins and ends. */
class ShopProcessIT {

  private static final int BY_SIGTERM = 128 + 15;
  private static final Duration TWO_SECONDS = Duration.ofSeconds(2);

  @TempDir Path directory;
  private Path temporary;

  @BeforeEach
  void makeTemporaryDirectory() throws Exception {
    temporary = Files.createDirectory(directory.resolve("tmp"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"embedded", "servers"})
  void sigtermEndsItWithinTwoSecondsAndLeavesNothing(String databases) throws Exception {
    long begin = System.nanoTime();
    try (ChildShop child =
        ChildShop.start(temporary, Map.of("PORT", "0", "SHOP_DATABASES", databases))) {
      Shop shop = child.open();
      Duration start = Duration.ofNanos(System.nanoTime() - begin);
      assertThat(shop.order(1, 1).status()).isEqualTo(201);
      assertThat(temporary).isNotEmptyDirectory();
      List<ProcessHandle> processes = child.processes();

      long asked = System.nanoTime();
      child.terminate();
      int exit = child.awaitExit();
      Duration took = Duration.ofNanos(System.nanoTime() - asked);

      assertThat(exit).isEqualTo(BY_SIGTERM);
      // How long the start took tells how busy this machine is, which holds for the end, too.
      assertThat(took).isLessThan(Collections.max(List.of(TWO_SECONDS, start.dividedBy(4))));
      for (ProcessHandle each : processes) {
        each.onExit().get(1, TimeUnit.MINUTES);
      }
      assertThat(temporary).isEmptyDirectory();
      assertThat(child.errors()).doesNotContain("ERROR", "Exception");
    }
  }

  @Test
  void aBadSettingIsExplainedAndEndsWithCode2() throws Exception {
    try (ChildShop child = ChildShop.start(temporary, Map.of("PORT", "http"))) {
      assertThat(child.awaitExit()).isEqualTo(2);
      assertThat(child.errors())
          .isEqualTo("PORT is 'http'. Set it to a number from 0 to 65535 (0: any free port).\n");
    }
  }

  @Test
  void aDirectoryThatH2CanNotUseIsExplained() throws Exception {
    String data = directory.resolve("a;b").toString();
    try (ChildShop child = ChildShop.start(temporary, Map.of("PORT", "0", "SHOP_DATA", data))) {
      assertThat(child.awaitExit()).isEqualTo(2);
      assertThat(child.errors()).contains("SHOP_DATA", data);
    }
  }

  @Test
  void aTakenPortIsExplainedAndEndsWithCode1() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        ChildShop child =
            ChildShop.start(temporary, Map.of("PORT", String.valueOf(taken.getLocalPort())))) {
      assertThat(child.awaitExit()).isEqualTo(1);
      assertThat(child.errors())
          .contains("The bookshop can't open.", "already in use", "" + taken.getLocalPort());
      assertThat(temporary).isEmptyDirectory();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"embedded", "servers"})
  void twoShopsCanNotShareTheirData(String databases) throws Exception {
    Map<String, String> same =
        Map.of(
            "PORT",
            "0",
            "SHOP_DATABASES",
            databases,
            "SHOP_DATA",
            directory.resolve("data").toString());
    try (ChildShop first = ChildShop.start(temporary, same)) {
      Shop shop = first.open();
      try (ChildShop second = ChildShop.start(temporary, same)) {
        assertThat(second.awaitExit()).isEqualTo(1);
        assertThat(second.errors()).contains("The bookshop can't open.", "in use");
      }
      assertThat(shop.get("/health").status()).isEqualTo(200);
    }
  }
}
