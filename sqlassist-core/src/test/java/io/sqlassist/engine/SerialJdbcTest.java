package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SerialJdbcTest {

  private final List<String> calls = new ArrayList<>();

  private Object driver(Class<?> type, Exception failure) {
    return Proxy.newProxyInstance(
        SerialJdbcTest.class.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> {
          String name = method.getName();
          calls.add(name);
          return switch (name) {
            case "execute" -> throw failure;
            case "createStatement" -> driver(Statement.class, failure);
            case "getAutoCommit" -> false;
            default -> null;
          };
        });
  }

  static List<Exception> failures() {
    return List.of(new SQLException("refused"), new IllegalStateException("of the driver"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void guardedStatementThatFailsInAnyWayUndoesItself(Exception failure) throws SQLException {
    ReentrantLock lock = new ReentrantLock();
    Connection driver = (Connection) driver(Connection.class, failure);
    Statement statement = SerialJdbc.guarded(driver, lock).createStatement();
    calls.clear();

    assertThatThrownBy(() -> statement.execute("something")).isSameAs(failure);

    assertThat(calls)
        .containsExactly(
            "getAutoCommit", "setSavepoint", "execute", "rollback", "releaseSavepoint");
    assertThat(lock.isLocked()).isFalse();
  }
}
