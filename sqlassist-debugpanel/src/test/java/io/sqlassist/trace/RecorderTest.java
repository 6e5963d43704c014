package io.sqlassist.trace;

import static org.assertj.core.api.Assertions.assertThat;

import bookshop.Shop;
import io.sqlassist.embedded.DatabaseKind;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RecorderTest {

  private static Traced shop;

  @BeforeAll
  static void open() {
    shop = Traced.shop(DatabaseKind.H2);
    shop.unrecorded(db -> Shop.fill(db.writer(), 5, 2));
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  @Test
  void statementsAreRecordedWithValuesRowsPlaceAndTransaction() {
    Trace trace = shop.trace(db -> Shop.named(db.writer(), "author 3"));

    assertThat(trace.statements()).hasSize(1);
    StatementTrace statement = trace.statements().get(0);
    assertThat(statement.engine()).isEqualTo("writer");
    assertThat(statement.sql()).startsWith("select");
    assertThat(statement.kind()).isEqualTo(StatementKind.SELECT);
    assertThat(statement.binds())
        .containsExactly(new Bind(1, "String", "author 3", Bind.State.COMPLETE));
    assertThat(statement.rows()).isEqualTo(1);
    assertThat(statement.failure()).isNull();
    assertThat(statement.durationNanos()).isPositive();
    assertThat(statement.frames().get(0).className()).isEqualTo("bookshop.Shop");
    assertThat(statement.frames().get(0).method()).isEqualTo("named");
    assertThat(statement.session()).isEqualTo(1);
    assertThat(statement.connection()).isEqualTo(1);
    assertThat(statement.transaction()).isEqualTo(1);
    assertThat(trace.transactions().get(0).ending()).isEqualTo(TransactionTrace.Ending.COMMITTED);
    assertThat(shop.recorder.captureErrors()).isZero();
  }

  @Test
  void enginesTellWhetherTheyWereUsed() {
    Trace trace = shop.trace(db -> Shop.authors(db.reader()));

    assertThat(trace.engines())
        .extracting(EngineUse::engine, EngineUse::state)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("writer", EngineUse.State.INIT),
            org.assertj.core.groups.Tuple.tuple("reader", EngineUse.State.END),
            org.assertj.core.groups.Tuple.tuple("audit", EngineUse.State.INIT));
    assertThat(trace.findings()).isEmpty();
  }

  @Test
  void nPlusOneIsNamedWithRoleCountAndPlace() {
    Trace trace = shop.trace(db -> Shop.countBooks(db.reader()));

    Finding finding = Traced.finding(trace, Detector.N_PLUS_ONE);
    assertThat(finding.subject()).isEqualTo("Author.books");
    assertThat(finding.count()).isEqualTo(5);
    assertThat(finding.text()).contains("`Author.books` initialised 5 times", "Shop.java:");
    assertThat(finding.suggestion()).contains("join fetch");
    assertThat(finding.statements()).containsExactly(2, 3, 4, 5, 6);
    assertThat(trace.totals().statements()).isEqualTo(6);
    assertThat(List.of(trace.totals().distinct())).containsExactly(2);
  }

  @Test
  void joinFetchIsNoFinding() {
    assertThat(shop.trace(db -> Shop.countBooksAtOnce(db.reader())).findings()).isEmpty();
  }
}
