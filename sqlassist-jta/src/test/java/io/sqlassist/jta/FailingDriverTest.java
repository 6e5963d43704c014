package io.sqlassist.jta;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.JtaShop;
import io.sqlassist.jta.fixture.ThisNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.sql.XADataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A driver that throws what is no exception, because a class is missing or the memory is short. */
class FailingDriverTest {

  private static final long LIMIT_MINUTES = 2;

  /** One scan of those that begin when an engine is added, and two of the periodic ones. */
  private final CountDownLatch triedByItself = new CountDownLatch(3);

  private final EngineRegistry registry = EngineRegistry.create();
  private final ExecutorService others = Executors.newCachedThreadPool();
  private volatile boolean fails;
  private JtaCoordinator jta;

  @BeforeEach
  void start() {
    jta =
        JtaCoordinator.start(
            cfg -> {
              cfg.nodeId = ThisNode.ID;
              cfg.objectStore = ThisNode.emptyStore();
              cfg.registry = registry;
              cfg.recoveryInterval = Duration.ofSeconds(1);
            });
    jta.initializeEngine(
        "orders", XaPool.of(failingWhenTold(JtaShop.h2())), cfg -> cfg.entities(Entry.class));
    fails = true;
  }

  @AfterEach
  void stop() {
    others.shutdownNow();
    jta.close();
    registry.close();
  }

  private XADataSource failingWhenTold(JdbcDataSource database) {
    return (XADataSource)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {XADataSource.class},
            (proxy, method, arguments) -> {
              if (fails && method.getName().equals("getXAConnection")) {
                if (Thread.currentThread().getName().equals("sqlassist-jta-recovery")) {
                  triedByItself.countDown();
                }
                throw new NoClassDefFoundError("of the driver");
              }
              try {
                return method.invoke(database, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void doesNotEndThePeriodicScans() throws InterruptedException {
    assertThat(triedByItself.await(LIMIT_MINUTES, TimeUnit.MINUTES)).isTrue();
    assertThat(jta.recovery().unreachable()).containsExactly("orders");
    fails = false;

    assertThat(jta.recoverNow().unreachable()).isEmpty();
  }

  @Test
  void doesNotKeepAnEngineFromBeingRemoved() throws Exception {
    assertThat(others.submit(jta::recoverNow).get(LIMIT_MINUTES, TimeUnit.MINUTES).unreachable())
        .containsExactly("orders");

    others.submit(() -> registry.remove("orders")).get(LIMIT_MINUTES, TimeUnit.MINUTES);

    assertThat(jta.recoverNow().unreachable()).isEmpty();
  }
}
