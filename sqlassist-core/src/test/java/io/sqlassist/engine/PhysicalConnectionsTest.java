package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.fixture.Faults;
import io.sqlassist.fixture.H2;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class PhysicalConnectionsTest {

  private static void awaitCollection(WeakReference<?> reference) {
    for (int i = 0; i < 200 && reference.get() != null; i++) {
      System.gc();
    }
    assertThat(reference.get()).isNull();
  }

  @Test
  void connectionIsKnownBelowItsProxies() throws SQLException {
    try (HikariDataSource pool = new HikariDataSource()) {
      pool.setJdbcUrl(H2.url());
      PhysicalConnections known = new PhysicalConnections();
      Connection driver;
      try (Connection first = pool.getConnection()) {
        driver = first.unwrap(org.h2.jdbc.JdbcConnection.class);
        known.add(PhysicalConnections.of(first));
      }
      try (Connection wrapped = new Faults().wrap(pool).getConnection()) {
        assertThat(wrapped).isNotSameAs(driver);
        assertThat(PhysicalConnections.of(wrapped)).isSameAs(driver);
        assertThat(known.contains(PhysicalConnections.of(wrapped))).isTrue();
      }
    }
  }

  /** Wraps also what is unwrapped, as some instruments do. */
  private static Connection wrappedForEver(Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            PhysicalConnectionsTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, args) -> {
              Object result = method.invoke(connection, args);
              return result instanceof Connection inner ? wrappedForEver(inner) : result;
            });
  }

  @Test
  void connectionIsKnownBelowWhatCanNotBeUnwrapped() throws SQLException {
    try (HikariDataSource pool = new HikariDataSource()) {
      pool.setJdbcUrl(H2.url());
      try (Connection connection = pool.getConnection()) {
        assertThat(PhysicalConnections.of(wrappedForEver(connection)))
            .isSameAs(connection.unwrap(org.h2.jdbc.JdbcConnection.class));
      }
    }
  }

  @Test
  void connectionsThatAreGoneAreForgotten() throws SQLException {
    PhysicalConnections known = new PhysicalConnections();
    WeakReference<Connection> first = addOne(known);
    addOne(known);
    assertThat(known.size()).isEqualTo(2);

    awaitCollection(first);
    try (Connection last = H2.dataSource().getConnection()) {
      for (int i = 0; i < 200 && known.size() > 1; i++) {
        System.gc();
        known.add(last); // which clears up
      }
      assertThat(known.size()).isEqualTo(1);
    }
  }

  private static WeakReference<Connection> addOne(PhysicalConnections known) throws SQLException {
    try (Connection connection = H2.dataSource().getConnection()) {
      known.add(connection);
      return new WeakReference<>(connection);
    }
  }
}
