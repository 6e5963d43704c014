package io.sqlassist.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.debugpanel.Proves;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JdbcUrlTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://joe:hunter2@db:5432/shop",
        "jdbc:postgresql://db/shop?user=joe&password=hunter2",
        "jdbc:postgresql://db/shop?password=hun@ter2&x=hunter2",
        "jdbc:mariadb://joe:hun/hunter2@db/shop",
        "jdbc:mariadb://joe:hun?hunter2@db/shop",
        "jdbc:mariadb://joe:hun;hunter2@db/shop",
        "jdbc:h2:mem:x;USER=sa;PASSWORD=hunter2",
        "jdbc:sqlserver://db;databaseName=shop;password={hunter2}",
        "jdbc:oracle:thin:joe/hunter2@db:1521:shop",
        "jdbc:oracle:thin:joe/\"hunter2\"@//db:1521/shop",
      })
  @Proves("S9")
  void shownUrlHoldsNoPassword(String url) {
    assertThat(JdbcUrl.shown(url)).startsWith("jdbc:").doesNotContain("hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:h2:mem:x",
        "jdbc:h2:~/shop",
        "jdbc:h2:file:/data/shop;MODE=MySQL",
        "jdbc:h2:tcp://localhost:9092/~/shop",
        "jdbc:postgresql://localhost:5432/shop",
        "jdbc:postgresql://127.0.0.1/shop?ssl=false",
        "jdbc:postgresql://[::1]:5432/shop",
        "jdbc:postgresql:shop",
        "jdbc:postgresql:///shop",
        "jdbc:mariadb://localhost,127.0.0.1:3307/shop",
        "jdbc:mysql://localhost/shop",
        "jdbc:sqlite:shop.db",
      })
  void databasesOfThisMachineAreLocal(String url) {
    assertThat(JdbcUrl.whyNotLocal(url)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:h2:tcp://db.example/~/shop",
        "jdbc:postgresql://db.example/shop",
        "jdbc:postgresql://localhost,db.example/shop",
        "jdbc:postgresql://localhost@db.example/shop",
        "jdbc:postgresql://localhost.db.example/shop",
        "jdbc:postgresql://localhost/shop?PGHOST=db.example",
        "jdbc:postgresql://localhost/shop?socketFactory=x.Y",
        "jdbc:postgresql://?service=prod",
        "jdbc:mariadb:replication://localhost/shop",
        "jdbc:mariadb://address=(host=db.example)(port=3306)/shop",
        "jdbc:oracle:thin:@localhost:1521:shop",
        "jdbc:aws-wrapper:postgresql://localhost/shop",
        "nonsense",
      })
  void whatIsNotCertainlyLocalIsNot(String url) {
    assertThat(JdbcUrl.whyNotLocal(url)).isNotEmpty();
  }
}
