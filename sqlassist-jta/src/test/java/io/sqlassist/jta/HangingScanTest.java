package io.sqlassist.jta;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.JtaShop;
import io.sqlassist.jta.fixture.ThisNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.XADataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

/** A database that takes the call and never answers. */
class HangingScanTest {

  /** For what has to come; the database would hang for ever. */
  private static final long LIMIT_MINUTES = 2;

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
                awaitAnswer();
              }
              try {
                return method.invoke(database, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** Also when the thread is interrupted: a driver that reads from a socket knows nothing of it. */
  private void awaitAnswer() {
    boolean interrupted = false;
    while (answers.getCount() > 0) {
      try {
        answers.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void keepsNeitherAnotherEngineNorTheEndOfTheCoordinatorWaiting() throws Exception {
    ExecutorService others = Executors.newCachedThreadPool();
    EngineRegistry registry = EngineRegistry.create();
    JtaCoordinator jta =
        JtaCoordinator.start(
            cfg -> {
              cfg.nodeId = ThisNode.ID;
              cfg.objectStore = ThisNode.emptyStore();
              cfg.registry = registry;
            });
    try {
      jta.initializeEngine(
          "orders", XaPool.of(hangingWhenTold(JtaShop.h2())), cfg -> cfg.entities(Entry.class));
      jta.initializeEngine("ledger", JtaShop.h2(), cfg -> cfg.entities(Entry.class));
      hangs = true;
      Future<?> scan = others.submit(jta::recoverNow);
      assertThat(hanging.await(LIMIT_MINUTES, TimeUnit.MINUTES)).isTrue();

      others.submit(() -> registry.remove("ledger")).get(LIMIT_MINUTES, TimeUnit.MINUTES);
      others.submit(jta::close).get(LIMIT_MINUTES, TimeUnit.MINUTES);

      assertThat(scan.isDone()).as("the database has answered").isFalse();
      answers.countDown();
      scan.get(LIMIT_MINUTES, TimeUnit.MINUTES);
    } finally {
      answers.countDown();
      others.shutdownNow();
      jta.close();
      registry.close();
    }
  }
}
