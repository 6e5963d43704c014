package io.sqlassist.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.AgroalDataSource.FlushMode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One database lets nobody in any more. */
@Tag("own-shop")
class OutageIT {

  @TempDir static Path data;

  @ParameterizedTest
  @CsvSource({"logger, audit, auditor", "ledger, ledger, bookkeeper"})
  void nothingIsSoldWithoutAuditOrLedger(String engine, String database, String user)
      throws Exception {
    try (ShopApp app = ShopApp.start(new ShopConfig(0, false, data))) {
      Shop shop = new Shop(app.url());
      int stock = shop.stock(1);
      String url = "jdbc:h2:file:" + data.resolve("h2").resolve(database);
      try (Connection owner =
              DriverManager.getConnection(url + ";DB_CLOSE_ON_EXIT=FALSE", "SA", "");
          Statement statement = owner.createStatement()) {
        statement.execute("ALTER USER " + user + " SET PASSWORD 'other'");
      }
      dropConnections(app.registry().engine(engine).dataSource());

      Shop.Reply reply = shop.order(1, 1);

      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.error()).contains("Try again");
      assertThat(shop.stock(1)).isEqualTo(stock);
      assertThat(shop.feed("orders", 1)).isEmpty();
      if (engine.equals("ledger")) {
        assertThat(shop.feed("audit", 1).findValuesAsText("outcome")).containsExactly("failed");
      }
      assertThat(shop.get("/health").status()).isEqualTo(503);
    }
  }

  private static void dropConnections(DataSource pool) throws SQLException {
    if (pool.isWrapperFor(AgroalDataSource.class)) {
      pool.unwrap(AgroalDataSource.class).flush(FlushMode.ALL);
    } else {
      pool.unwrap(HikariDataSource.class).getHikariPoolMXBean().softEvictConnections();
    }
  }
}
