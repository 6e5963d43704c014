package io.sqlassist.jta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.Faulty;
import io.sqlassist.jta.fixture.JtaShop;
import io.sqlassist.transaction.Outcome;
import jakarta.persistence.RollbackException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import javax.transaction.xa.XAException;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The log in a database, in a JVM of its own. */
@Tag("log-in-a-database")
class JdbcStoreTest {

  private static final String NODE = "Shop-1";

  /** One for the life of the JVM, as it must be. */
  private static final String LOG = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";

  @Test
  void theLogIsATableOfThisNodeAndRecoveryReadsIt() throws Exception {
    List<Path> before = filesHere();
    JdbcDataSource log = new JdbcDataSource();
    log.setURL(LOG);
    log.setUser("sa");
    log.setPassword("");
    try (JtaShop shop =
        new JtaShop(
                null,
                cfg -> {
                  cfg.nodeId = NODE;
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
      JdbcDataSource ledger = new JdbcDataSource();
      ledger.setURL(urlOf(shop, "ledger"));
      ledger.setUser("sa");
      ledger.setPassword("");
      assertThatThrownBy(() -> shop.jta().initializeEngine("renamed", ledger))
          .isInstanceOf(JtaStartException.class)
          .hasMessageContainingAll("'renamed'", "'ledger'", "old name");
      assertThat(shop.registry().find("renamed")).isEmpty();
      shop.faults("ledger").clear();
      shop.recoverEverything();
      assertThat(shop.texts("ledger")).containsExactly("one");
    }
    assertThat(tables(log)).hasSize(2).allMatch(table -> table.startsWith("JTA__53HOP_2D1_"));
    assertThat(filesHere()).isEqualTo(before);
  }

  @Test
  void aLogThatCantBeReadIsNoEmptyLogAndANewStartHasANewDataSource() throws Exception {
    for (int run = 0; run < 2; run++) {
      HikariConfig settings = new HikariConfig();
      settings.setJdbcUrl(LOG);
      settings.setUsername("sa");
      settings.setPassword("");
      HikariDataSource log = new HikariDataSource(settings);
      try (JtaShop shop =
          new JtaShop(
                  null,
                  cfg -> {
                    cfg.nodeId = NODE;
                    cfg.jdbcStore = log;
                  })
              .withEngines()) {
        shop.useUnit(
            db -> {
              db.session("orders").persist(new Entry(1, "one"));
              db.session("ledger").persist(new Entry(1, "one"));
            });
        assertThat(shop.texts("ledger")).containsExactly("one");
        assertThat(shop.jta().recoverNow().isEmpty()).isTrue();
        log.close();
        assertThatThrownBy(() -> shop.jta().recovery())
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("log can't be read");
        assertThatThrownBy(() -> shop.jta().recoverNow()).hasMessageContaining("log can't be read");
        assertThat(shop.warnings())
            .filteredOn(warning -> warning.matches(".*(can't be read|recovery stands still).*"))
            .hasSize(1);
      }
    }
  }

  @Test
  void whoHasLostTheLockToAnotherProcessPreparesNothing() throws Exception {
    List<Connection> taken = new ArrayList<>();
    JdbcDataSource log = new JdbcDataSource();
    log.setURL(LOG);
    log.setUser("sa");
    log.setPassword("");
    DataSource watched =
        (DataSource)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> {
                  Object result = method.invoke(log, arguments);
                  if (result instanceof Connection connection) {
                    taken.add(connection);
                  }
                  return result;
                });
    try (JtaShop shop =
        new JtaShop(
                null,
                cfg -> {
                  cfg.nodeId = NODE;
                  cfg.jdbcStore = watched;
                })
            .withEngines()) {
      for (Connection each : List.copyOf(taken)) {
        each.close(); // also that which holds the lock
      }
      DatabaseNotes notes = new DatabaseNotes(log, JtaCoordinator.tablePrefix(NODE));
      try (DatabaseLock other = DatabaseLock.of(log, notes, NODE)) {
        shop.jta().recoverNow();
        assertThatThrownBy(() -> writeBoth(shop, 1))
            .isInstanceOf(RollbackException.class)
            .hasMessageContainingAll("can't prepare", "another coordinator has it");
        shop.useUnit(db -> db.session("orders").persist(new Entry(2, "one phase")));
        other.check();
      }
      shop.jta().recoverNow();
      writeBoth(shop, 3);
      assertThat(shop.texts("ledger")).containsExactly("entry 3");
    }
  }

  private static void writeBoth(JtaShop shop, long id) {
    shop.useUnit(
        db -> {
          db.session("orders").persist(new Entry(id, "entry " + id));
          db.session("ledger").persist(new Entry(id, "entry " + id));
        });
  }

  @Test
  void nodesHaveTablesOfTheirOwnHoweverLongTheirNamesAre() {
    List<String> nodes =
        List.of(
            "SHOP-PROD-EU-WEST-INSTANCE-1",
            "SHOP-PROD-EU-WEST-INSTANCE-2",
            "shop-prod-eu-west-instance-1",
            "shop1",
            "Shop1",
            "ü".repeat(14));
    Set<String> prefixes = new HashSet<>();
    for (String node : nodes) {
      assertThat(prefixes.add(JtaCoordinator.tablePrefix(node))).isTrue();
    }
    assertThat(prefixes)
        .allMatch(prefix -> prefix.length() <= 30)
        .allMatch(prefix -> prefix.matches("[a-z0-9_]+"));
  }

  private static String urlOf(JtaShop shop, String engine) throws Exception {
    try (Connection connection = shop.registry().engine(engine).dataSource().getConnection()) {
      return connection.getMetaData().getURL();
    }
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
