package io.sqlassist.jta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.Faulty;
import io.sqlassist.jta.fixture.JtaShop;
import io.sqlassist.jta.fixture.ThisNode;
import io.sqlassist.observe.Observer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An observer sees what the coordinator asks of each engine's branch. */
class ObservedBranchesTest {

  /** Wraps each XADataSource in one that notes the steps of its branches. */
  private static final class Watcher implements Observer {

    private final Map<String, Faulty> seen = new ConcurrentHashMap<>();

    @Override
    public XADataSource instrumentXa(String engine, XADataSource dataSource) {
      if (engine.equals("refused")) {
        throw new IllegalStateException("not this one");
      }
      Faulty watched = new Faulty(dataSource);
      seen.put(engine, watched);
      return watched;
    }
  }

  private static final Watcher WATCHER = new Watcher();
  private static JtaShop shop;

  @BeforeAll
  static void start() {
    shop = new JtaShop(ThisNode.emptyStore());
    shop.registry().observe(WATCHER);
    shop.withEngines();
  }

  @AfterAll
  static void stop() {
    shop.close();
  }

  @BeforeEach
  void forget() {
    shop.reset();
    WATCHER.seen.values().forEach(Faulty::clear);
  }

  private static void writeBoth() {
    shop.useUnit(
        db -> {
          db.session("orders").persist(new Entry(1, "one"));
          db.session("ledger").persist(new Entry(1, "one"));
        });
  }

  @Test
  void eachBranchIsSeenFromItsStartToItsCommit() {
    writeBoth();

    assertThat(WATCHER.seen).containsOnlyKeys("orders", "ledger");
    assertThat(WATCHER.seen.get("orders").steps())
        .containsExactly("start", "end", "prepare", "commit");
    assertThat(WATCHER.seen.get("ledger").steps())
        .containsExactly("start", "end", "prepare", "commit");
  }

  @Test
  void oneEngineIsSeenToCommitInOnePhase() {
    shop.useUnit(db -> db.session("orders").persist(new Entry(1, "one")));

    assertThat(WATCHER.seen.get("orders").steps())
        .containsExactly("start", "end", "commit(onePhase)");
    assertThat(WATCHER.seen.get("ledger").steps()).isEmpty();
  }

  @Test
  void aBranchThatIsRolledBackBecauseTheOtherRefusedIsSeenToBe() {
    shop.faults("ledger").before(Faulty.failing("prepare", XAException.XA_RBINTEGRITY));

    assertThatThrownBy(ObservedBranchesTest::writeBoth).isNotNull();

    assertThat(WATCHER.seen.get("orders").steps()).endsWith("prepare", "rollback");
    assertThat(WATCHER.seen.get("ledger").steps()).contains("start", "end", "prepare");
  }

  @Test
  void recoveryIsNobodysUnitAndIsNotSeen() {
    shop.jta().recoverNow();

    assertThat(WATCHER.seen.get("orders").steps()).isEmpty();
    assertThat(shop.faults("orders").steps()).contains("recover");
  }

  @Test
  void anObserverThatThrowsRefusesTheEngine() {
    assertThatThrownBy(() -> shop.jta().initializeEngine("refused", JtaShop.h2()))
        .hasMessage("not this one");
    assertThat(shop.registry().find("refused")).isEmpty();
  }
}
