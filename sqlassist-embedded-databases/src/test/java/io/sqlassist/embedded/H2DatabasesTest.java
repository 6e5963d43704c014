package io.sqlassist.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class H2DatabasesTest {
  @Test
  void databaseOutlivesItsLastConnection() throws SQLException {
    DatabaseHandle database = H2Databases.fresh();
    Sql.run(database.dataSource(), "CREATE TABLE t (id INT)", "INSERT INTO t VALUES (1)");

    assertThat(Sql.number(database.dataSource(), "SELECT count(*) FROM t")).isEqualTo(1);
  }

  @Test
  void textFormOfAHandleLeavesThePasswordOut() {
    DatabaseHandle database = H2Databases.fresh();

    assertThat(database.toString())
        .contains(database.jdbcUrl(), database.username())
        .doesNotContain(database.password());
  }
}
