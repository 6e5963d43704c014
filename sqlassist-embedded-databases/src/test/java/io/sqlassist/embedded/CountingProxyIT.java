package io.sqlassist.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CountingProxyIT {
  private CountingProxy proxy;
  private DatabaseHandle direct;
  private DatabaseHandle proxied;

  @BeforeEach
  void startProxy() throws SQLException {
    direct = PostgresServer.shared().freshDatabase();
    Sql.run(direct.dataSource(), "CREATE TABLE t (id INT)");
    proxy = CountingProxy.inFrontOf(PostgresServer.shared());
    proxied = direct.through(proxy);
  }

  @AfterEach
  void closeProxy() {
    proxy.close();
  }

  private Connection connectWith(String setting) throws SQLException {
    return Drivers.dataSource(
            DatabaseKind.POSTGRESQL,
            proxied.jdbcUrl() + "&" + setting,
            proxied.username(),
            proxied.password())
        .getConnection();
  }

  private static int select(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      rows.next();
      return rows.getInt(1);
    }
  }

  @Test
  void reusedPreparedSelectInAutocommitIsOneRoundTrip() throws SQLException {
    try (Connection connection = proxied.dataSource().getConnection();
        PreparedStatement statement = connection.prepareStatement("SELECT 1 + ?")) {
      statement.setInt(1, 1);
      for (int i = 0; i < 6; i++) { // pgjdbc prepares on the server from the fifth time on
        select(statement);
      }
      proxy.reset();

      assertThat(select(statement)).isEqualTo(2);

      assertThat(proxy.roundTrips()).isEqualTo(1);
      assertThat(proxy.statements()).containsExactly("SELECT 1 + $1");
      assertThat(proxy.messages('P')).isZero();
      assertThat(proxy.messages('B')).isEqualTo(1);
      assertThat(proxy.messages('E')).isEqualTo(1);
      assertThat(proxy.messages('S')).isEqualTo(1);
    }
  }

  @Test
  void beginRidesAlongAndCommitCostsARoundTrip() throws SQLException {
    try (Connection connection = proxied.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      proxy.reset();
      try (Statement statement = connection.createStatement()) {
        statement.execute("INSERT INTO t VALUES (1)");
      }
      connection.commit();

      assertThat(proxy.statements()).containsExactly("BEGIN", "INSERT INTO t VALUES (1)", "COMMIT");
      assertThat(proxy.roundTrips()).isEqualTo(2);
    }
  }

  @Test
  void simpleQueriesCountToo() throws SQLException {
    try (Connection connection = connectWith("preferQueryMode=simple");
        Statement statement = connection.createStatement()) {
      proxy.reset();
      statement.execute("SELECT 1");

      assertThat(proxy.roundTrips()).isEqualTo(1);
      assertThat(proxy.messages('Q')).isEqualTo(1);
      assertThat(proxy.statements()).containsExactly("SELECT 1");
    }
  }

  @Test
  void logInIsNoRoundTrip() throws SQLException {
    try (Connection connection = connectWith("assumeMinServerVersion=18")) {
      assertThat(connection.isClosed()).isFalse();
      assertThat(proxy.connections()).isEqualTo(1);
      assertThat(proxy.roundTrips()).isEqualTo(proxy.statements().size());
    }
  }

  @Test
  void commitWhoseAnswerIsLostIsDurableButTheClientSeesAnError() throws SQLException {
    try (Connection connection = proxied.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute("INSERT INTO t VALUES (1)");
      }
      proxy.breakConnectionsOn("commit");

      assertThatThrownBy(connection::commit)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).startsWith("08"));
    }
    assertThat(proxy.brokenConnections()).isEqualTo(1);
    assertThat(Sql.number(direct.dataSource(), "SELECT count(*) FROM t")).isEqualTo(1);
  }

  @Test
  void commitThatIsLostIsNotDurable() throws SQLException {
    try (Connection connection = proxied.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute("INSERT INTO t VALUES (1)");
      }
      proxy.breakConnectionsOn("COMMIT", CountingProxy.Break.REQUEST_LOST);

      assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
    }
    assertThat(proxy.brokenConnections()).isEqualTo(1);
    // Waits for a transaction that still holds the table.
    Sql.run(direct.dataSource(), "ALTER TABLE t ADD COLUMN x INT");
    assertThat(Sql.number(direct.dataSource(), "SELECT count(*) FROM t")).isZero();
  }

  @Test
  void healedProxyLetsTheTextPass() throws SQLException {
    proxy.breakConnectionsOn("INSERT");
    assertThatThrownBy(() -> Sql.run(proxied.dataSource(), "INSERT INTO t VALUES (1)"))
        .isInstanceOf(SQLException.class);
    proxy.heal();
    Sql.run(proxied.dataSource(), "INSERT INTO t VALUES (2)");

    assertThat(Sql.number(direct.dataSource(), "SELECT count(*) FROM t")).isEqualTo(2);
  }

  @Test
  void killAllCutsOldConnectionsAndAcceptsNewOnes() throws SQLException {
    try (Connection connection = proxied.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      proxy.killAll();

      assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
    }
    assertThat(Sql.number(proxied.dataSource(), "SELECT 1")).isEqualTo(1);
  }

  @Test
  void closedProxyRefusesConnections() {
    proxy.close();

    assertThatThrownBy(() -> proxied.dataSource().getConnection()).isInstanceOf(SQLException.class);
  }

  @Test
  void readOnlyUserOfAProxiedHandleIsProxiedToo() {
    assertThat(proxied.readOnlyUser().jdbcUrl()).isEqualTo(proxied.jdbcUrl());
  }

  @Test
  void onlyPostgresHandlesGoThroughIt() {
    assertThatThrownBy(() -> H2Databases.fresh().through(proxy))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void copyPasses() throws SQLException {
    try (Connection connection = proxied.dataSource().getConnection()) {
      long rows =
          connection
              .unwrap(org.postgresql.PGConnection.class)
              .getCopyAPI()
              .copyIn("COPY t FROM STDIN", new java.io.StringReader("1\n2\n"));
      assertThat(rows).isEqualTo(2);
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }
}
