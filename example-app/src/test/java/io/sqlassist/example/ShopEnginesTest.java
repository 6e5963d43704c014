package io.sqlassist.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShopEnginesTest extends ShopTestBase {

  private static final Set<String> COMMITTERS = Set.of("writer", "ledger");

  @ParameterizedTest
  @CsvSource({
    "reader, update books set stock = 1", "reader, create table more (id integer)",
    "writer, delete from books", "writer, drop table orders",
    "ledger, update bookings set amount_cents = 0", "ledger, delete from bookings",
    "logger, delete from audit",
  })
  void theDatabaseUserMayNoMoreThanItsEngineNeeds(String engine, String sql) throws Exception {
    try (Connection connection = APP.registry().engine(engine).dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      assumeFalse(
          COMMITTERS.contains(engine)
              && connection.getMetaData().getDatabaseProductName().equals("H2"),
          "in H2 only an administrator can finish what is prepared");
      connection.setReadOnly(false); // so that it is the user's rights that refuse

      assertThatExceptionOfType(SQLException.class).isThrownBy(() -> statement.execute(sql));
    }
  }

  @Test
  void theCatalogueIsThere() {
    assertThat(shop.get("/books?q=kafka").json().findValuesAsText("title"))
        .contains("Das Schloss", "Der Process", "Die Verwandlung", "Ein Landarzt");
  }

  @Test
  void aLoginDoesNotShowItsPassword() {
    Login login = Login.withNewPassword("jdbc:x", "somebody");

    assertThat(login.toString()).isEqualTo("somebody at jdbc:x");
    assertThat(login.password()).hasSizeGreaterThan(20);
    assertThat(Login.withNewPassword("jdbc:x", "somebody")).isNotEqualTo(login);
  }
}
