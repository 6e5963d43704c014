package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sqlassist.embedded.DatabaseKind;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Failures while a circle of tables is emptied, one after the other. */
class CleaningDialectTest {

  private static final Set<Table> CIRCLE =
      new LinkedHashSet<>(
          List.of(new Table(null, "PUBLIC", "HEN"), new Table(null, "PUBLIC", "EGG")));

  private final List<String> executed = new ArrayList<>();

  /** Does nothing but fail: with what it is to delete, and where checks are turned on again. */
  private Statement failing(Connection connection) {
    return (Statement)
        Proxy.newProxyInstance(
            Statement.class.getClassLoader(),
            new Class<?>[] {Statement.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("getConnection")) {
                return connection;
              }
              String sql = String.valueOf(arguments[0]);
              executed.add(sql);
              if (sql.contains("delete") || sql.matches(".*(true|= 1)")) {
                throw new SQLException(sql);
              }
              return false;
            });
  }

  @ParameterizedTest
  @EnumSource(names = {"H2", "MARIADB"})
  void whyACircleCouldNotBeEmptiedIsToldFirstAndAllChecksAreTurnedOnAgain(CleaningDialect dialect)
      throws SQLException {
    try (Connection connection = DatabaseKind.H2.fresh().dataSource().getConnection()) {
      Throwable failure = catchThrowable(() -> dialect.emptyCycle(failing(connection), CIRCLE));

      List<String> on = executed.stream().filter(sql -> sql.matches(".*(true|= 1)")).toList();
      assertThat(failure).isInstanceOf(SQLException.class).hasMessageContaining("delete from");
      assertThat(on).hasSize(dialect == CleaningDialect.H2 ? CIRCLE.size() : 1);
      assertThat(failure.getSuppressed())
          .extracting(Throwable::getMessage)
          .containsExactlyElementsOf(on);
    }
  }
}
