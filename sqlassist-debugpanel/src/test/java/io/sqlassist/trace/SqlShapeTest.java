package io.sqlassist.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlShapeTest {

  private static final SensitiveNames NAMES = new SensitiveNames(List.of());

  private static SqlShape shape(String sql) {
    return SqlShape.of(sql, SqlDialect.POSTGRESQL, NAMES, false);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "SELECT a FROM t WHERE id=1 | select a from t where id = ?",
        "select  a\tfrom t where id = ? | select a from t where id = ?",
        "select a from t where id = 'x''y' | select a from t where id = ?",
        "select a /* hint */ from t -- end | select a from t",
        "select a from t where id in (1) | select a from t where id in (?+)",
        "select a from t where id in (?, ?,?) | select a from t where id in (?+)",
        "insert into t (a,b) values (?,?) | insert into t (a, b) values (?, ?)",
        "insert into t (a,b) values (?,?),(?,?),(1,'2') | insert into t (a, b) values (?, ?)",
        "select \"A\" from T | select \"A\" from t",
        "select E'a\\'b', $1, $$x;y$$, .5e-3 from t | select ?, ?, ?, ? from t",
        "select a::text from t where b = :name | select a :: text from t where b = ?",
      })
  void statementsThatDifferOnlyInValuesHaveOneFingerprint(String sql, String normalized) {
    assertThat(shape(sql).normalized()).isEqualTo(normalized);
    assertThat(shape(sql).fingerprint()).isEqualTo(SqlShape.hash(normalized));
  }

  @Test
  void statementsThatDifferInMoreHaveDifferentFingerprints() {
    assertThat(
            List.of(
                shape("select a from t").fingerprintText(),
                shape("select b from t").fingerprintText(),
                shape("select a from t where id = 1").fingerprintText(),
                shape("select \"a\" from t").fingerprintText(),
                shape("insert into t values (1)").fingerprintText(),
                shape("insert into t values (1, 2)").fingerprintText()))
        .doesNotHaveDuplicates()
        .allMatch(each -> each.matches("[0-9a-f]{16}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "select 1 | SELECT",
        "(select 1) union (select 2) | SELECT",
        "/* c */ with a as (select 1) select * from a | SELECT",
        "values (1) | SELECT",
        "select * from t for update | SELECT",
        "select * from t for no key update | SELECT",
        "with d as (delete from t returning id) select * from d | DELETE",
        "with d as (update t set a=1 returning id) select * from d | UPDATE",
        "select a into b from t | OTHER",
        "insert into t values (1) | INSERT",
        "update t set a=1 | UPDATE",
        "delete from t | DELETE",
        "merge into t using s on 1=1 | MERGE",
        "replace into t values (1) | MERGE",
        "{? = call f(?)} | CALL",
        "call f() | CALL",
        "truncate table t | DDL",
        "set search_path = x | CONTROL",
        "explain analyze delete from t | OTHER",
        "select 1; delete from t | OTHER",
        "select 1; select 2; | SELECT",
        "'what' | OTHER",
      })
  void kindIsWhatTheStatementDoes(String sql, StatementKind kind) {
    assertThat(shape(sql).kind()).isEqualTo(kind);
  }

  @Test
  void longTextKeepsBeginningAndEndAndSaysHowMuchIsMissing() {
    String sql = "select '" + "x".repeat(100_000) + "' from the_end";

    SqlShape shape = shape(sql);

    assertThat(shape.truncated()).isTrue();
    assertThat(shape.text()).hasSizeLessThanOrEqualTo(SqlShape.MAX_TEXT);
    assertThat(shape.text()).startsWith("select '").endsWith("from the_end");
    assertThat(shape.text()).contains("[" + sql.length() + " characters, hash ");
  }

  @Test
  void anyTextIsReadToItsEnd() {
    Random random = new Random(7);
    String signs = "'\"`$-/*#?:;(),.\\ \nabE01=<>@&|{}[]";
    for (int round = 0; round < 20_000; round++) {
      StringBuilder sql = new StringBuilder();
      for (int i = random.nextInt(40); i >= 0; i--) {
        sql.append(signs.charAt(random.nextInt(signs.length())));
      }
      for (SqlDialect dialect : SqlDialect.values()) {
        int end = 0;
        for (SqlToken token : SqlLexer.tokens(sql.toString(), dialect)) {
          assertThat(token.start()).as("%s", sql).isGreaterThanOrEqualTo(end);
          assertThat(token.end()).as("%s", sql).isGreaterThan(token.start());
          end = token.end();
        }
        assertThat(end).as("%s", sql).isLessThanOrEqualTo(sql.length());
        SqlShape.of(sql.toString(), dialect, NAMES, false);
        ExplainGate.whyNot(sql.toString(), dialect);
      }
    }
  }
}
