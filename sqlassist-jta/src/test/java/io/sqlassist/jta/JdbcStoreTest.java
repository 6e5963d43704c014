package io.sqlassist.jta;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.Faulty;
import io.sqlassist.jta.fixture.JtaShop;
import io.sqlassist.transaction.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.Test;

/** The log in a database. */
class JdbcStoreTest {

  @Test
  void theLogIsATableOfThisNodeAndRecoveryReadsIt() throws Exception {
    List<Path> before = filesHere();
    DataSource log = JtaShop.h2();
    try (JtaShop shop =
        new JtaShop(
                null,
                cfg -> {
                  cfg.nodeId = "Shop-1";
                  cfg.jdbcStore = log;
                })
            .withEngines()) {
      shop.faults("ledger").before(Faulty.failing("commit", XAException.XAER_RMFAIL));
      try (var db = shop.openUnit()) {
        db.session("orders").persist(new Entry(1, "one"));
        db.session("ledger").persist(new Entry(1, "one"));
        assertThat(db.commit().outcomes()).containsEntry("ledger", Outcome.DECIDED);
      }
      assertThat(shop.jta().recovery().branches())
          .filteredOn(InDoubt.Branch::decided)
          .extracting(InDoubt.Branch::engine)
          .contains("ledger");
      shop.faults("ledger").clear();
      while (!shop.jta().recoverNow().isEmpty()) {
        // the connection that failed is being closed
      }
      assertThat(shop.texts("ledger")).containsExactly("one");
    }
    assertThat(tables(log)).isNotEmpty().allMatch(table -> table.startsWith("JTA__53HOP_2D1_"));
    assertThat(filesHere()).isEqualTo(before);
  }

  private static List<String> tables(DataSource database) throws Exception {
    List<String> tables = new ArrayList<>();
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select table_name from information_schema.tables where table_schema = 'PUBLIC'")) {
      while (row.next()) {
        tables.add(row.getString(1));
      }
    }
    return tables;
  }

  private static List<Path> filesHere() throws Exception {
    try (Stream<Path> files = Files.list(Path.of(""))) {
      return files.sorted().toList();
    }
  }
}
