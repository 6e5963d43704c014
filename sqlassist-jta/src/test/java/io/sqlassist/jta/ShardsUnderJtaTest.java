package io.sqlassist.jta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.Faulty;
import io.sqlassist.jta.fixture.JtaShop;
import io.sqlassist.jta.fixture.ThisNode;
import io.sqlassist.shard.Shards;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A set of shards whose engines commit together. */
class ShardsUnderJtaTest {

  private static JtaShop shop;
  private static Shards shards;

  @BeforeAll
  static void start() {
    shop = new JtaShop(ThisNode.emptyStore()).withEngines();
    shards =
        Shards.of(
            shop.registry(),
            set ->
                set.engines("orders", "ledger")
                    .chooser(text -> text.toString().startsWith("o") ? "orders" : "ledger")
                    .entity(Entry.class, Entry::text));
  }

  @AfterAll
  static void stop() {
    shop.close();
  }

  @BeforeEach
  void reset() {
    shop.reset();
  }

  private static void storeOnBoth() {
    shop.useUnit(
        db -> {
          shards.in(db).persist(new Entry(1, "order"));
          shards.in(db).persist(new Entry(1, "line"));
        });
  }

  @Test
  void twoShardsArePreparedAndCommitAsOne() {
    storeOnBoth();

    assertThat(shop.faults("orders").steps())
        .contains("prepare")
        .doesNotContain("commit(onePhase)");
    assertThat(shop.faults("ledger").steps())
        .contains("prepare")
        .doesNotContain("commit(onePhase)");
    assertThat(shop.texts("orders")).containsExactly("order");
    assertThat(shop.texts("ledger")).containsExactly("line");
  }

  @Test
  void aShardThatDoesNotPrepareRollsBothBack() {
    shop.faults("ledger").before(Faulty.failing("prepare", XAException.XA_RBROLLBACK));

    assertThatThrownBy(ShardsUnderJtaTest::storeOnBoth).isInstanceOf(RuntimeException.class);

    assertThat(shop.faults("orders").steps()).contains("prepare", "rollback");
    assertThat(shop.faults("ledger").steps()).contains("prepare");
    assertThat(shop.texts("orders")).isEmpty();
    assertThat(shop.texts("ledger")).isEmpty();
  }
}
