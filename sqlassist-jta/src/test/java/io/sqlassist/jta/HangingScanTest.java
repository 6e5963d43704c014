package io.sqlassist.jta;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.JtaShop;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.XADataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that takes the call and never answers. */
class HangingScanTest {

  @TempDir static Path store;

  private volatile boolean hangs;
  private final CountDownLatch hanging = new CountDownLatch(1);
  private final CountDownLatch answers = new CountDownLatch(1);

  private XADataSource hangingWhenTold(JdbcDataSource database) {
    return (XADataSource)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {XADataSource.class},
            (proxy, method, arguments) -> {
              if (hangs && method.getName().equals("getXAConnection")) {
                hanging.countDown();
                answers.await();
              }
              try {
                return method.invoke(database, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void doesNotKeepTheEndOfTheCoordinatorWaiting() throws Exception {
    EngineRegistry registry = EngineRegistry.create();
    JtaCoordinator jta =
        JtaCoordinator.start(
            cfg -> {
              cfg.nodeId = "hanging-1";
              cfg.objectStore = store;
              cfg.registry = registry;
            });
    jta.initializeEngine(
        "orders", XaPool.of(hangingWhenTold(JtaShop.h2())), cfg -> cfg.entities(Entry.class));
    hangs = true;
    Thread scan = new Thread(jta::recoverNow);
    scan.start();
    assertThat(hanging.await(20, TimeUnit.SECONDS)).isTrue();
    long begin = System.nanoTime();

    jta.close();

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
    answers.countDown();
    scan.join();
    registry.close();
  }
}
