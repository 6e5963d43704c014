package io.sqlassist.jta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.InTime;
import io.sqlassist.jta.fixture.JtaShop;
import io.sqlassist.jta.fixture.ThisNode;
import io.sqlassist.session.UnitTimeoutException;
import jakarta.persistence.RollbackException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What happens when a transaction takes longer than it may. */
class TimeoutTest {

  private static final String ENDLESS =
      "select count(*) from system_range(1, 100000000000) where mod(x, 7) = 8";

  private static final Duration TIMEOUT = Duration.ofMillis(300);
  private static JtaShop shop;

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeAll
  static void start() {
    shop = new JtaShop(ThisNode.emptyStore(), cfg -> cfg.timeout = TIMEOUT).withEngines();
  }

  @AfterAll
  static void stop() {
    shop.close();
  }

  @BeforeEach
  void reset() {
    shop.reset();
  }

  @Test
  void theRunningStatementIsCancelledAndTheFailureTellsWhy() throws Exception {
    Logger narayana = (Logger) LoggerFactory.getLogger("com.arjuna");
    Level level = narayana.getLevel();
    narayana.setLevel(Level.DEBUG);
    narayana.setLevel(Level.INFO);
    narayana.setAdditive(false);
    log.start();
    narayana.addAppender(log);
    try {
      assertThatThrownBy(
              () ->
                  shop.useUnit(
                      db -> {
                        db.session("orders").persist(new Entry(1, "one"));
                        db.session("orders").flush();
                        db.session("ledger").createNativeQuery(ENDLESS, Long.class).list();
                      }))
          .isInstanceOf(UnitTimeoutException.class)
          .hasMessageContaining("300 ms");
    } finally {
      narayana.detachAppender(log);
      narayana.setAdditive(true);
      narayana.setLevel(level);
    }
    assertThat(shop.texts("orders")).isEmpty();
    assertThat(log.list).isEmpty();
    assertThat(com.arjuna.ats.jta.TransactionManager.transactionManager().getTransaction())
        .isNull();
    // And the thread is ready for the next request.
    InTime.repeat(
        () ->
            shop.useUnit(
                db -> {
                  db.session("orders").persist(new Entry(2, "two"));
                  db.session("ledger").persist(new Entry(2, "two"));
                }));
    assertThat(shop.texts("ledger")).containsExactly("two");
  }

  @Test
  void aUnitThatCaughtTheFailureCantCommit() {
    assertThatThrownBy(
            () ->
                shop.useUnit(
                    db -> {
                      Session orders = db.session("orders");
                      orders.persist(new Entry(1, "one"));
                      assertThatThrownBy(() -> orders.createNativeQuery(ENDLESS, Long.class).list())
                          .isInstanceOf(UnitTimeoutException.class);
                      assertThatThrownBy(
                              () -> orders.createNativeQuery("select 1", Integer.class).list())
                          .isInstanceOf(UnitTimeoutException.class);
                    }))
        .isInstanceOf(RollbackException.class)
        .hasCauseInstanceOf(UnitTimeoutException.class);
    assertThat(shop.texts("orders")).isEmpty();
  }

  @Test
  void timeSpentOutsideOfTheDatabaseCountsToo() {
    assertThatThrownBy(
            () ->
                shop.useUnit(
                    db -> {
                      db.session("orders").persist(new Entry(1, "one"));
                      db.session("orders").flush();
                      JtaTransaction transaction =
                          CoordinatedSession.of(db.session("orders")).unit();
                      while (!timedOut(transaction)) {
                        Thread.onSpinWait();
                      }
                    }))
        .isInstanceOf(RollbackException.class)
        .hasCauseInstanceOf(UnitTimeoutException.class);
    assertThat(shop.texts("orders")).isEmpty();
  }

  private static boolean timedOut(JtaTransaction transaction) {
    try {
      transaction.refuseAfterTimeout();
      return false;
    } catch (UnitTimeoutException e) {
      return true;
    }
  }

  @Test
  void theTimeBeginsWithTheFirstStatementAndAnewAfterACommit() {
    CountDownLatch never = new CountDownLatch(1);
    InTime.repeat(
        () -> {
          shop.reset();
          shop.useUnit(
              db -> {
                db.session("orders");
                pastTheTimeout(never);
                db.session("orders").persist(new Entry(1, "one"));
                db.commit();
                pastTheTimeout(never);
                db.session("orders").persist(new Entry(2, "two"));
              });
        });
    assertThat(shop.texts("orders")).containsExactly("one", "two");
  }

  private static void pastTheTimeout(CountDownLatch never) {
    try {
      assertThat(never.await(TIMEOUT.toMillis() + 100, TimeUnit.MILLISECONDS)).isFalse();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
