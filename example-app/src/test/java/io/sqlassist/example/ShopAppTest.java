package io.sqlassist.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.hibernate.LockMode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("own-shop")
class ShopAppTest {

  @TempDir static Path data;

  private static ShopApp start() {
    return ShopApp.start(new ShopConfig(0, false, data));
  }

  @Test
  void listensOnTheLoopbackInterfaceOnly() throws Exception {
    try (ShopApp app = start()) {
      InetAddress other = InetAddress.getByName("127.0.0.2");
      int port = URI.create(app.url()).getPort();

      assertThatThrownBy(() -> new Socket(other, port)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void whatRunsWhenTheShopClosesIsFinished() throws Exception {
    ShopApp app = start();
    Shop shop = new Shop(app.url());
    CompletableFuture<Shop.Reply> order;
    Thread closing = new Thread(app::close);
    try (DbSessionsContainer db = Units.openUnit(app.registry())) {
      db.writer().find(Book.class, 1L, LockMode.PESSIMISTIC_WRITE);
      order = CompletableFuture.supplyAsync(() -> shop.order(1, 1));
      await(() -> shop.active("writer") == 2); // it waits for the lock
      closing.start();
      await(() -> closing.getState() == Thread.State.TIMED_WAITING); // for the order
    }

    assertThat(order.get(1, TimeUnit.MINUTES).status()).isEqualTo(201);
    closing.join();
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
