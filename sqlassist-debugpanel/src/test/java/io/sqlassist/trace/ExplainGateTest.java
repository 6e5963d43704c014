package io.sqlassist.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.debugpanel.Proves;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExplainGateTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select 1",
        "SELECT * FROM t WHERE a = ? AND b = 'delete; drop' ORDER BY c LIMIT 5;",
        "select \"delete\", t.set from t",
        "with a as (select 1) select * from a",
        "values (1, 2)",
        "table t",
        "select * from t for update",
        "select * from t for no key update",
        "select /* from Book */ a from t",
        "select replaced, setting, updated_at from t",
      })
  void statementsThatOnlyReadPass(String sql) {
    for (SqlDialect dialect : SqlDialect.values()) {
      assertThat(ExplainGate.whyNot(sql, dialect)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ";",
        "delete from t",
        "DELETE FROM t",
        "update t set a = 1",
        "insert into t values (1)",
        "merge into t using s on (a = b)",
        "truncate table t",
        "drop table t",
        "call f()",
        "do $$ begin end $$",
        "explain delete from t",
        "analyze delete from t",
        "select 1; delete from t",
        "select 1;; select 2",
        "select 1; COMMIT; SET TRANSACTION READ WRITE; delete from t; COMMIT",
        "select 1; ROLLBACK; BEGIN READ WRITE; delete from t; COMMIT",
        "with d as (delete from t returning id) select * from d",
        "with d as (update t set a = 1 returning id) select * from d",
        "with d as (insert into t values (1) returning id) select * from d",
        "select * into copy_of_t from t",
        "select * from t into outfile '/x'",
        "select 1 /*! ; delete from t */",
        "select 1 /*M! ; delete from t */",
        "select 1 /* /* */ ; delete from t -- */",
        "select 1 -- \n; delete from t",
        "select 1 --; delete from t",
        "select 1 # ; delete from t",
        "select 'a\\'; delete from t; --'",
        "select \"a\\\"; delete from t; --\"",
        "select $$a$$; delete from t",
        "select $x$; delete from t; select $x$",
        "select 'open",
        "select \"open",
        "select 1 /* open",
        "select 1\\; delete from t",
        "select 1.into outfile '/x' from t",
        "select 1into t2",
        "select .5into x from t",
        "select 1e5into x from t",
        "select 0x1gupdate from t",
        "{call f()}",
        "analyze",
        "copy t from '/x'",
        "lock table t",
        "select * from final table (insert into t values (1))",
        "select * from old table (delete from t)",
      })
  @Proves("S12")
  void whatMayDoMoreThanReadIsRefused(String sql) {
    for (SqlDialect dialect : SqlDialect.values()) {
      assertThat(ExplainGate.whyNot(sql, dialect)).as("%s: %s", dialect, sql).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select count(*), max(a) from t where b in (1, 2.5, 1e3, 0x1F) and lower(c) = 'x'",
        "with a(x) as (select 1), b (y) as (select 2) select x, y from a, b where exists (select 1)",
        "select cast(a as numeric(10, 2)), row_number() over (partition by b) from t",
      })
  void whatCallsOnlyHarmlessFunctionsMayBeExecuted(String sql) {
    for (SqlDialect dialect : SqlDialect.values()) {
      assertThat(ExplainGate.whyNotExecuted(sql, dialect)).as("%s", dialect).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select pg_advisory_lock(1)",
        "select pg_terminate_backend(1)",
        "select dblink_exec('delete from t')",
        "select get_lock('a', 1)",
        "select file_write('a', '/x')",
        "select shop.count(1)",
        "select a, nextval ('s') from t",
        "select id, charge(id) as done from card",
        "select id, pg_terminate_backend(pid) as done from pg_stat_activity",
        "select 1 from t, charge(1) as x",
        "with a(x) as (select 1) select x, charge(x) as y from a",
        "delete from t",
      })
  void whatCallsAnyOtherFunctionMayNot(String sql) {
    for (SqlDialect dialect : SqlDialect.values()) {
      assertThat(ExplainGate.whyNotExecuted(sql, dialect)).as("%s: %s", dialect, sql).isNotEmpty();
    }
  }
}
