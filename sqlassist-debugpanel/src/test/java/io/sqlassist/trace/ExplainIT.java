package io.sqlassist.trace;

import static org.assertj.core.api.Assertions.assertThat;

import bookshop.Account;
import bookshop.Shop;
import io.sqlassist.debugpanel.Proves;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.trace.ExplainResult.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** EXPLAIN changes nothing, on every database that it is offered for. */
class ExplainIT {

  private static final Map<DatabaseKind, Traced> SHOPS = new EnumMap<>(DatabaseKind.class);

  private static Traced shop(DatabaseKind kind) {
    return SHOPS.computeIfAbsent(
        kind,
        each -> {
          Traced shop = Traced.shop(each);
          shop.unrecorded(db -> Shop.fill(db.writer(), 3, 2));
          return shop;
        });
  }

  @AfterAll
  static void close() {
    SHOPS.values().forEach(Traced::close);
    SHOPS.clear();
  }

  private static StatementTrace like(StatementTrace statement, String sql) {
    SqlShape shape = SqlShape.of(sql, SqlDialect.OTHER, new SensitiveNames(List.of()), false);
    return new StatementTrace(
        1,
        statement.engine(),
        1,
        1,
        1,
        0,
        1,
        sql,
        false,
        shape.fingerprintText(),
        StatementKind.SELECT,
        List.of(),
        0,
        0,
        List.of(),
        -1,
        -1,
        null,
        List.of(),
        "main",
        null);
  }

  private static StatementTrace select(Traced shop) {
    return shop.trace(db -> Shop.named(db.writer(), "author 1")).statements().get(0);
  }

  @ParameterizedTest
  @EnumSource
  @Proves("S19")
  void recordedQueryHasAPlan(DatabaseKind kind) {
    Traced shop = shop(kind);
    Trace trace = shop.trace(db -> Shop.named(db.writer(), "author 1"));
    long before = shop.recorder.background().totals().statements();

    ExplainResult result =
        new Explain(shop.registry, shop.recorder).explain(trace.id(), 1, false).orElseThrow();

    assertThat(result.outcome()).as(result.text()).isEqualTo(Outcome.PLAN);
    assertThat(result.text()).containsIgnoringCase("a1_0");
    assertThat(result.truncated()).isFalse();
    assertThat(shop.recorder.background().totals().statements()).isEqualTo(before);
    assertThat(shop.recorder.holders()).isEmpty();
    assertThat(new Explain(shop.registry, shop.recorder).explain(trace.id(), 2, false)).isEmpty();
    assertThat(new Explain(shop.registry, shop.recorder).explain("unknown", 1, false)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void executionIsOnlyAskedForWhereItIsAllowed(DatabaseKind kind) {
    Traced shop = shop(kind);
    StatementTrace select = select(shop);

    assertThat(new Explain(shop.registry, shop.recorder).explain(select, true).outcome())
        .isEqualTo(Outcome.REFUSED);
    ExplainResult analyzed =
        new Explain(shop.registry, shop.recorder, cfg -> cfg.explainAnalyze(true))
            .explain(select, true);
    assertThat(analyzed.outcome()).as(analyzed.text()).isEqualTo(Outcome.PLAN);
  }

  /** The dangerous ones, as they were measured. */
  private static final List<String> DANGEROUS =
      List.of(
          "select 1; delete from Book",
          "select 1; commit; delete from Book; commit",
          "select 1; COMMIT; SET TRANSACTION READ WRITE; delete from Book; COMMIT",
          "select 1; ROLLBACK; BEGIN READ WRITE; delete from Book; COMMIT",
          "with d as (delete from Book returning id) select * from d",
          "delete from Book",
          "analyze delete from Book",
          "analyze select 1; delete from Book",
          "update Book set title = ''",
          "insert into Author (id, name) values (9999, 'x')",
          "select 1 /* /* */; delete from Book -- */",
          "select 1 --; delete from Book",
          "select 1 # \n; delete from Book",
          "select '\\'; delete from Book; --'",
          "select 1 /*! ; delete from Book */",
          "select * into copied from Book",
          "truncate table Book",
          "drop table Book",
          "values (1); delete from Book");

  @ParameterizedTest
  @EnumSource
  @Proves("S12")
  void dangerousStatementsAreRefusedAndNothingChanges(DatabaseKind kind) {
    Traced shop = shop(kind);
    StatementTrace select = select(shop);
    Explain explain =
        new Explain(
            shop.registry, shop.recorder, cfg -> cfg.explainAnalyze(true).explainRemote(true));
    for (String sql : DANGEROUS) {
      for (boolean analyzed : new boolean[] {false, true}) {
        ExplainResult result = explain.explain(like(select, sql), analyzed);
        assertThat(result.outcome()).as(sql).isEqualTo(Outcome.REFUSED);
        assertThat(result.text()).as(sql).startsWith("the statement may not only read");
      }
    }

    assertThat(shop.count("writer", "Book")).isEqualTo(6);
    assertThat(shop.count("writer", "Author")).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource
  void whatWasNotKeptCompletelyIsNotExplained(DatabaseKind kind) {
    Traced shop = shop(kind);
    Explain explain = new Explain(shop.registry, shop.recorder);
    Trace trace =
        shop.trace(
            db ->
                db.writer()
                    .createSelectionQuery("from Account where passwordHash = :hash", Account.class)
                    .setParameter("hash", "hunter2")
                    .getResultList());
    StatementTrace masked = trace.statements().get(0);

    assertThat(explain.decide(masked, false).reason()).contains("value 1 is masked");
    StatementTrace tooLong =
        shop.trace(db -> Shop.named(db.writer(), "x".repeat(300))).statements().get(0);
    assertThat(explain.decide(tooLong, false).reason()).contains("value 1 is too long");
    assertThat(
            new Explain(shop.registry, shop.recorder, cfg -> cfg.enabled(false))
                .decide(select(shop), false)
                .reason())
        .isEqualTo("EXPLAIN is switched off");
  }

  @ParameterizedTest
  @EnumSource
  void fullPoolIsLeftAlone(DatabaseKind kind) throws SQLException {
    Traced shop = shop(kind);
    StatementTrace select = select(shop);
    List<Connection> all = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        all.add(shop.pool("writer").getConnection());
      }
      ExplainResult result = new Explain(shop.registry, shop.recorder).explain(select, false);

      assertThat(result.outcome()).isEqualTo(Outcome.BUSY);
      assertThat(result.text()).contains("no connection free");
    } finally {
      for (Connection each : all) {
        each.close();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void connectionGoesBackAsItCame(DatabaseKind kind) throws SQLException {
    Traced shop = shop(kind);
    for (String engine : List.of("writer", "reader")) {
      StatementTrace select =
          shop.trace(db -> Shop.named(db.session(engine), "author 1")).statements().get(0);
      ExplainResult result = new Explain(shop.registry, shop.recorder).explain(select, false);
      assertThat(result.outcome()).as(result.text()).isEqualTo(Outcome.PLAN);
      try (Connection connection = shop.pool(engine).getConnection()) {
        assertThat(connection.getAutoCommit()).isEqualTo(shop.pool(engine).isAutoCommit());
      }
    }
    shop.trace(db -> db.writer().persist(new bookshop.Author("afterwards")));
    shop.unrecorded(
        db ->
            db.writer()
                .createMutationQuery("delete Author where name = 'afterwards'")
                .executeUpdate());

    assertThat(shop.count("writer", "Author")).isEqualTo(3);
  }
}
