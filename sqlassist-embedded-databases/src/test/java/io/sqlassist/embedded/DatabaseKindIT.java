package io.sqlassist.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DatabaseKindIT {
  @ParameterizedTest
  @EnumSource(DatabaseKind.class)
  void freshDatabasesAreEmptyAndSeparate(DatabaseKind kind) throws SQLException {
    DatabaseHandle one = kind.fresh();
    DatabaseHandle other = kind.fresh();
    Sql.run(one.dataSource(), "CREATE TABLE t (id INT)", "INSERT INTO t VALUES (1)");
    Sql.run(other.dataSource(), "CREATE TABLE t (id INT)");

    assertThat(Sql.number(one.dataSource(), "SELECT count(*) FROM t")).isEqualTo(1);
    assertThat(Sql.number(other.dataSource(), "SELECT count(*) FROM t")).isZero();
    assertThat(one.kind()).isEqualTo(kind);
  }

  @ParameterizedTest
  @EnumSource(DatabaseKind.class)
  void readOnlyUserSelectsFromEarlierAndLaterTables(DatabaseKind kind) throws SQLException {
    DatabaseHandle owner = kind.fresh();
    Sql.run(owner.dataSource(), "CREATE TABLE early (id INT)");
    DatabaseHandle reader = owner.readOnlyUser();
    Sql.run(owner.dataSource(), "CREATE TABLE late (id INT)", "INSERT INTO late VALUES (7)");

    assertThat(reader.jdbcUrl()).isEqualTo(owner.jdbcUrl());
    assertThat(Sql.number(reader.dataSource(), "SELECT count(*) FROM early")).isZero();
    assertThat(Sql.number(reader.dataSource(), "SELECT id FROM late")).isEqualTo(7);
  }

  @ParameterizedTest
  @EnumSource(DatabaseKind.class)
  void readOnlyUserCanChangeNothing(DatabaseKind kind) throws SQLException {
    DatabaseHandle owner = kind.fresh();
    Sql.run(owner.dataSource(), "CREATE TABLE t (id INT)", "INSERT INTO t VALUES (1)");
    DatabaseHandle reader = owner.readOnlyUser();

    for (String sql :
        new String[] {
          "INSERT INTO t VALUES (2)",
          "UPDATE t SET id = 3",
          "DELETE FROM t",
          "CREATE TABLE u (i INT)"
        }) {
      assertThatThrownBy(() -> Sql.run(reader.dataSource(), sql))
          .as(sql)
          .isInstanceOf(SQLException.class);
    }
    assertThat(Sql.number(reader.dataSource(), "SELECT sum(id) FROM t")).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(DatabaseKind.class)
  void wrongPasswordIsRefused(DatabaseKind kind) {
    DatabaseHandle owner = kind.fresh();

    assertThatThrownBy(
            () -> Sql.run(Drivers.dataSource(kind, owner.jdbcUrl(), owner.username(), "wrong")))
        .isInstanceOf(SQLException.class);
  }

  @ParameterizedTest
  @EnumSource(DatabaseKind.class)
  void readOnlyUserHasNoFurtherUsers(DatabaseKind kind) {
    DatabaseHandle reader = kind.fresh().readOnlyUser();

    assertThatThrownBy(reader::readOnlyUser).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @EnumSource(DatabaseKind.class)
  void aDroppedDatabaseIsGoneWithItsUsersThoughSomebodyIsConnected(DatabaseKind kind)
      throws SQLException {
    DatabaseHandle other = kind.fresh();
    Sql.run(other.dataSource(), "CREATE TABLE t (id INT)");
    DatabaseHandle owner = kind.fresh();
    DatabaseHandle reader = owner.readOnlyUser();
    Sql.run(owner.dataSource(), "CREATE TABLE t (id INT)");
    try (Connection connected = reader.dataSource().getConnection()) {
      owner.drop();

      assertThatThrownBy(() -> Sql.number(connected, "SELECT count(*) FROM t"))
          .isInstanceOf(SQLException.class);
    }
    if (kind == DatabaseKind.H2) { // which makes a database for everybody who asks for one
      assertThatThrownBy(() -> Sql.number(reader.dataSource(), "SELECT count(*) FROM t"))
          .isInstanceOf(SQLException.class);
    } else {
      assertThatThrownBy(() -> Sql.run(owner.dataSource())).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> Sql.run(reader.dataSource())).isInstanceOf(SQLException.class);
    }
    assertThat(Sql.number(other.dataSource(), "SELECT count(*) FROM t")).isZero();
  }

  @ParameterizedTest
  @EnumSource(DatabaseKind.class)
  void aReaderDropsNothing(DatabaseKind kind) {
    DatabaseHandle reader = kind.fresh().readOnlyUser();

    assertThatThrownBy(reader::drop).hasMessageContaining("owner");
  }

  @ParameterizedTest
  @EnumSource(DatabaseKind.class)
  void textBeyondTheBasicPlaneIsKept(DatabaseKind kind) throws SQLException {
    DatabaseHandle owner = kind.fresh();
    Sql.run(
        owner.dataSource(),
        "CREATE TABLE t (x VARCHAR(9))",
        "INSERT INTO t VALUES ('a\uD83D\uDE00')");

    assertThat(Sql.number(owner.dataSource(), "SELECT char_length(x) FROM t"))
        .isEqualTo(kind == DatabaseKind.H2 ? 3 : 2); // H2 counts UTF-16 units
  }
}
