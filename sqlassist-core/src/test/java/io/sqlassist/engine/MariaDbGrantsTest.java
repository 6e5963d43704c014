package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What lines of SHOW GRANTS mean. */
class MariaDbGrantsTest {

  private static final MariaDbGrants GRANTS =
      MariaDbGrants.of(
          List.of(
              "GRANT USAGE ON *.* TO `shop`@`127.0.0.1` IDENTIFIED BY PASSWORD '*AB'",
              "GRANT SELECT, INSERT ON `shop`.* TO `shop`@`127.0.0.1`",
              "GRANT ALL PRIVILEGES ON `test\\_x%`.* TO `shop`@`127.0.0.1` WITH GRANT OPTION",
              "GRANT SELECT (`a`, `b`), UPDATE (`stock`) ON `audit`.`line` TO `shop`@`%`",
              "GRANT DELETE ON TABLE `odd``name`.`t` TO `shop`@`%`",
              "GRANT `role` TO `shop`@`127.0.0.1`"));

  @ParameterizedTest
  @CsvSource({
    "SELECT, shop, book, true",
    "INSERT, SHOP, book, true",
    "UPDATE, shop, book, false",
    "DELETE, shop, book, false",
    "SELECT, shopx, book, false",
    "UPDATE, test_x1, book, true",
    "UPDATE, testyx1, book, false",
    "SELECT, audit, line, true",
    "UPDATE, audit, LINE, true",
    "INSERT, audit, line, false",
    "SELECT, audit, other, false",
    "DELETE, odd`name, t, true"
  })
  void rightsAreThoseOfTheLines(String right, String database, String table, boolean expected) {
    assertThat(GRANTS.allow(right, database, table)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "GRANT ALL PRIVILEGES ON *.* TO `a`@`b`, true",
    "GRANT READ_ONLY ADMIN ON *.* TO `a`@`b`, true",
    "GRANT ALL PRIVILEGES ON `shop`.* TO `a`@`b`, false",
    "GRANT SELECT ON *.* TO `a`@`b`, false"
  })
  void someWriteOnAServerThatIsReadOnly(String line, boolean expected) {
    assertThat(MariaDbGrants.of(List.of(line)).ignoreReadOnly()).isEqualTo(expected);
  }

  @Test
  void nothingIsAllowedWithoutGrants() {
    assertThat(MariaDbGrants.of(List.of()).allow("SELECT", "shop", "book")).isFalse();
  }
}
