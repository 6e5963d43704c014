package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseAddressTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:h2:mem:shop",
        "jdbc:h2:~/shop;AUTO_SERVER=TRUE",
        "jdbc:h2:file:/data/a@b/shop",
        "jdbc:h2:tcp://localhost:9092/mem:shop",
        "jdbc:hsqldb:mem:shop",
        "jdbc:sqlite:shop.db",
        "jdbc:postgresql:shop",
        "jdbc:postgresql:/",
        "jdbc:postgresql:///shop",
        "jdbc:postgresql://localhost/shop?options=-c%20search_path=a",
        "jdbc:postgresql://127.0.0.1:5432,[::1]:5433/shop",
        "jdbc:postgresql://127.8.8.8:5432/shop?x=//db.example.com/",
        "jdbc:mariadb://127.0.0.1:3306/shop?user=a@192.0.2.1",
        "jdbc:mariadb:replication://localhost,127.0.0.1/shop",
        "jdbc:mysql://app:secret@localhost:3306/shop",
        "jdbc:oracle:thin:@localhost:1521:shop",
        "jdbc:sqlserver://localhost\\express:1433;databaseName=shop",
        "jdbc:tc:postgresql://localhost/shop"
      })
  void databasesInMemoryInFilesAndOnThisMachineAreNoStrangers(String url) {
    assertThat(DatabaseAddress.strangers(url)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "jdbc:h2:tcp://192.0.2.1:9092/mem:shop 192.0.2.1",
        "jdbc:h2:ssl://192.0.2.1/~/shop 192.0.2.1",
        "jdbc:postgresql://192.0.2.1/shop 192.0.2.1",
        "jdbc:postgresql://localhost:5432,192.0.2.1:5432/shop 192.0.2.1",
        "jdbc:postgresql://[2001:db8::1]:5432/shop [2001:db8::1]",
        "jdbc:postgresql://app:secret@192.0.2.1/shop 192.0.2.1",
        "jdbc:postgresql:///shop?PGHOST=192.0.2.1 192.0.2.1",
        "jdbc:postgresql:///shop?cloudSqlInstance=prod&user=app prod",
        "jdbc:postgresql:///shop?service=prod prod",
        "jdbc:mariadb:replication://localhost,192.0.2.1/shop 192.0.2.1",
        "jdbc:mysql://address=(type=replica)(host=192.0.2.1)(port=3306)/shop 192.0.2.1",
        "jdbc:oracle:thin:scott/tiger@192.0.2.1:1521:shop 192.0.2.1",
        "jdbc:oracle:thin:@//192.0.2.1:1521/shop 192.0.2.1",
        "jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(HOST=192.0.2.1)(PORT=1521))) 192.0.2.1",
        "jdbc:sqlserver://192.0.2.1\\express:1433;databaseName=shop 192.0.2.1",
        "jdbc:sqlserver://;serverName=192.0.2.1 192.0.2.1",
        "jdbc:strange:secret strange",
        "strange unknown"
      })
  void theOthersAreToldWithoutUsersAndPasswords(String url, String stranger) {
    assertThat(DatabaseAddress.strangers(url)).containsExactly(stranger);
  }
}
