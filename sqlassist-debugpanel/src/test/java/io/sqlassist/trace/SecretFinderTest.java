package io.sqlassist.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.debugpanel.Proves;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretFinderTest {

  private static final SensitiveNames NAMES = new SensitiveNames(List.of());

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "insert into users (email,password_hash,id) values (?,?,?) | {2}",
        "insert into users (email,passwordHash) values (?,?),(?,?) | {2, 4}",
        "insert into users (id,token) select ?, ? from dual | {2}",
        "insert into users (a,b) values (coalesce(?,?),?) | {}",
        "insert into users (a,secret) values (?,crypt(?, ?)) | {2, 3}",
        "insert into t (id,a) values (?,?) on conflict (id) do update set api_key=? | {3}",
        "update users set name=?, password=? where id=? | {2}",
        "update users set name=?, password=upper(concat(?, salt)) where id=? | {2}",
        "update users set password = a + ? where id=? | {1}",
        "select * from users where id=? and password=? | {2}",
        "select * from users u where u.password in (?,?) and u.id=? | {1, 2}",
        "select * from users where ? = password and id = ? | {1}",
        "select * from users where lower(pwd)=lower(?) or name like ? | {1}",
        "select * from users where (id, cvv) = (?, ?) | {1, 2}",
        "select password, ? from users where id=? | {1}",
        "select password from users where id between ? and ? limit ? offset ? | {}",
        "select password from users where id=? fetch first ? rows only | {}",
        "select author_id, discard from authors where author_id=? | {}",
        "select * from books where auth=? and card=? and iban=? | {1, 2, 3}",
        "merge into users using dual on id=? when matched then update set credential=? | {2}",
        "update users set password = case when x = ? then prefix + ? else ? end, a=? | {2, 3}",
        "update users set a = case when token = ? then ? end, b=? | {1}",
        "select id from tokens where value = ? limit ? | {1}",
        "delete from shop.password_resets where id = ? | {1}",
        "insert into api_tokens values (?, ?) | {1, 2}",
        "select set_config('app.token', ?, false), ? | {1, 2}",
        "select set_config('app.tenant', ?, false), ? | {}",
        "update users set privatekey=?, accesskey=?, cardnum=?, userpass=?, pw=?, id=? | {1, 2, 3, 4, 5}",
        "update users set session_id=?, jwt=?, bearer=?, id=? | {1, 2, 3}",
        "select * from t where a=? and exists (select 1 from tokens where token=?) and b=? | {2}",
      })
  @Proves("S10")
  void secretsAreFoundByTheColumnThatAValueBelongsTo(String sql, String expected) {
    SqlShape shape = SqlShape.of(sql, SqlDialect.OTHER, NAMES, false);

    assertThat(shape.secretBinds().toString()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into users (email, password) values ('a@b', 'hunter2')",
        "update users set password = 'hunter2' where id = 5",
        "select * from users where 'hunter2' = password",
        "alter user joe password 'hunter2'",
        "create user joe identified by 'hunter2'",
        "set password = 'hunter2'",
        "select * from users where api_key = 'hunter2' /* hunter2 */",
        "select * from users where token in ('x', 'hunter2')",
      })
  @Proves("S10")
  void literalsOfSecretColumnsLeaveTheText(String sql) {
    SqlShape shape = SqlShape.of(sql, SqlDialect.OTHER, NAMES, false);

    assertThat(shape.text()).doesNotContain("hunter2").contains("'***'");
    assertThat(shape.normalized()).doesNotContain("hunter2");
    assertThat(shape.hidesLiterals()).isTrue();
  }

  @Test
  void mariaDbsDoubleQuotesHoldText() {
    SqlShape shape =
        SqlShape.of("update users set password = \"hunter2\"", SqlDialect.MARIADB, NAMES, false);

    assertThat(shape.text()).doesNotContain("hunter2");
  }

  @Test
  void statementsWithoutSecretsKeepTheirText() {
    String sql = "select a /* why */ from t where b = 'c' and d = 5";

    SqlShape shape = SqlShape.of(sql, SqlDialect.OTHER, NAMES, false);

    assertThat(shape.text()).isEqualTo(sql);
    assertThat(shape.holdsSecrets()).isFalse();
  }

  @Test
  @Proves("S10")
  void applicationMayNameMoreColumns() {
    SensitiveNames more = new SensitiveNames(List.of(Pattern.compile("diagnosis")));

    assertThat(more.isSensitive("mainDiagnosis")).isTrue();
    assertThat(NAMES.isSensitive("mainDiagnosis")).isFalse();
  }

  @Test
  @Proves("S10")
  void everythingIsMaskedOnDemand() {
    SqlShape shape =
        SqlShape.of("select 'x' from t where a = ? and b = 5", SqlDialect.OTHER, NAMES, true);

    assertThat(shape.text()).isEqualTo("select '***' from t where a = ? and b = '***'");
    assertThat(shape.secretBinds().toString()).isEqualTo("{1}");
  }
}
