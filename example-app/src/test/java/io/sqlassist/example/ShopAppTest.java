package io.sqlassist.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.engine.Engine;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.hibernate.LockMode;
import org.junit.jupiter.api.Test;

class ShopAppTest {

  private static final ShopConfig ON_H2 = new ShopConfig(0, false, null);

  @Test
  void listensOnTheLoopbackInterfaceOnly() throws Exception {
    try (ShopApp app = ShopApp.start(ON_H2)) {
      InetAddress other = InetAddress.getByName("127.0.0.2");
      int port = URI.create(app.url()).getPort();

      assertThatThrownBy(() -> new Socket(other, port)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void whatRunsWhenTheShopClosesIsFinished() throws Exception {
    ShopApp app = ShopApp.start(ON_H2);
    Shop shop = new Shop(app.url());
    Engine writer = app.registry().engine("writer");
    CompletableFuture<Shop.Reply> order;
    Thread closing = new Thread(app::close);
    try (DbSessionsContainer db = Units.openUnit(app.registry())) {
      db.writer().find(Book.class, 1L, LockMode.PESSIMISTIC_WRITE);
      order = CompletableFuture.supplyAsync(() -> shop.order(1, 1));
      HikariDataSource pool = (HikariDataSource) writer.dataSource();
      await(() -> pool.getHikariPoolMXBean().getActiveConnections() == 2); // it waits for the lock
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
