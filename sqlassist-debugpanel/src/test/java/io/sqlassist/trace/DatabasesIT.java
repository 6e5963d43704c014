package io.sqlassist.trace;

import static org.assertj.core.api.Assertions.assertThat;

import bookshop.Account;
import bookshop.Shop;
import io.sqlassist.embedded.DatabaseKind;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is recorded where databases and drivers differ. */
class DatabasesIT {

  @ParameterizedTest
  @EnumSource
  void requestIsRecordedWithItsConnectionAndTransaction(DatabaseKind kind) {
    try (Traced shop = Traced.shop(kind)) {
      shop.unrecorded(db -> Shop.fill(db.writer(), 5, 2));
      Trace trace = shop.trace(db -> Shop.countBooks(db.writer()));

      ConnectionTrace connection = trace.connections().get(0);
      assertThat(connection.physicalId()).matches("\\d+");
      assertThat(connection.pool()).isEqualTo("writer-pool");
      assertThat(connection.autoCommit()).isFalse();
      assertThat(connection.statements()).isEqualTo(6);
      assertThat(trace.statements()).allMatch(each -> each.rows() >= 1);
      assertThat(trace.transactions()).hasSize(1);
      assertThat(trace.transactions().get(0).ending()).isEqualTo(TransactionTrace.Ending.COMMITTED);
      assertThat(Traced.finding(trace, Detector.N_PLUS_ONE).count()).isEqualTo(5);
      assertThat(shop.recorder.captureErrors()).isZero();
      List<EngineInfo> engines = new Engines(shop.registry, shop.recorder).all();
      assertThat(engines.get(0).url()).doesNotContain("password", "?");
      assertThat(shop.recorder.pool("writer").orElseThrow().database().notLocal()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void readerHoldsAConnectionForEachQueryOnly(DatabaseKind kind) {
    try (Traced shop = Traced.shop(kind)) {
      Trace trace =
          shop.trace(
              db -> {
                Shop.authors(db.reader());
                Shop.named(db.reader(), "x");
              });

      assertThat(trace.connections()).hasSize(2).allMatch(ConnectionTrace::autoCommit);
      assertThat(trace.transactions()).isEmpty();
      assertThat(trace.sessions()).hasSize(1);
      assertThat(trace.sessions().get(0).acquisitions()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void secretIsMaskedInWhateverTheDriverMakesOfIt(DatabaseKind kind) {
    try (Traced shop = Traced.shop(kind)) {
      Trace trace =
          shop.trace(
              db -> {
                db.writer().persist(new Account("joe@example", "hunter2"));
                db.writer().flush();
              });

      assertThat(trace.statements()).isNotEmpty();
      assertThat(trace.toString()).contains("joe@example").doesNotContain("hunter2");
    }
  }
}
