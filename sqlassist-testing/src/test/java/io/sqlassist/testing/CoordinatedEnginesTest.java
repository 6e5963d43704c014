package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.jta.JtaCoordinator;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import shop.Author;
import shop.Catalogue;
import shop.Title;

/** Tests of engines which commit together: of commits that fail, and of real ones. */
class CoordinatedEnginesTest {

  /** As long as the JVM lives: a coordinator that is started once more must have the same. */
  private static final Path STORE = newStore();

  private static EngineRegistry registry;
  private static JtaCoordinator jta;

  private final Faults faults = Instruments.on(registry).faults();

  private static Path newStore() {
    try {
      return Files.createTempDirectory(Path.of("target").toAbsolutePath(), "jta-store");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeAll
  static void start() {
    registry = EngineRegistry.create();
    Instruments.on(registry);
    jta =
        JtaCoordinator.start(
            cfg -> {
              cfg.nodeId = "faults";
              cfg.objectStore = STORE;
              cfg.registry = registry;
            });
    for (String name : List.of("writer", "ledger")) {
      DatabaseHandle database = DatabaseKind.H2.fresh();
      JdbcDataSource h2 = new JdbcDataSource();
      h2.setURL(database.jdbcUrl());
      h2.setUser(database.username());
      h2.setPassword(database.password());
      jta.initializeEngine(name, h2, engine -> engine.entities(Author.class, Title.class))
          .createTables();
    }
  }

  @AfterAll
  static void stop() {
    jta.close();
    registry.close();
  }

  @AfterEach
  void clear() {
    faults.clear();
  }

  private static void writeBoth(String name) {
    Units.useUnit(
        registry,
        db -> {
          db.writer().persist(new Author(name));
          db.session("ledger").persist(new Author(name));
        });
  }

  private static List<String> stored(String engine) {
    return Units.<List<String>, RuntimeException>inUnit(
        registry, db -> Catalogue.names(db.session(engine)));
  }

  @Test
  void ifOneEngineRefusesNeitherKeepsAnything() {
    for (String refusing : List.of("writer", "ledger")) {
      String name = "lost by " + refusing;
      faults.failCommit(refusing);
      assertThatThrownBy(() -> writeBoth(name)).isInstanceOf(RuntimeException.class);

      assertThat(faults.happened(refusing)).isEqualTo(1);
      assertThat(stored("writer")).doesNotContain(name);
      assertThat(stored("ledger")).doesNotContain(name);
    }
    writeBoth("kept");
    assertThat(stored("writer")).contains("kept");
    assertThat(stored("ledger")).contains("kept");
  }

  @Test
  void aCommitOfOneEngineInOnePhaseFailsToo() {
    faults.failCommit("writer");
    assertThatThrownBy(
            () -> Units.useUnit(registry, db -> db.writer().persist(new Author("alone"))))
        .isInstanceOf(RuntimeException.class);

    assertThat(faults.happened("writer")).isEqualTo(1);
    assertThat(stored("writer")).doesNotContain("alone");
  }

  @Test
  void aConnectionThatCanNotBeHadUndoesBoth() {
    faults.failAcquisition("ledger");
    assertThatThrownBy(() -> writeBoth("half")).isInstanceOf(RuntimeException.class);

    assertThat(faults.happened("ledger")).isEqualTo(1);
    assertThat(stored("writer")).doesNotContain("half");
  }

  @Test
  void statementsOfSuchEnginesCount() {
    Statements statements = Instruments.on(registry).record(() -> writeBoth("counted"));

    assertThat(statements.list("writer")).anyMatch(each -> each.sql().startsWith("insert"));
    assertThat(statements.list("ledger")).anyMatch(each -> each.sql().startsWith("insert"));
  }

  @Test
  void aLostAnswerIsRefusedWithTheReason() {
    assertThatThrownBy(() -> faults.failCommit("writer", FaultConfig::afterCommit))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("coordinator");
    assertThatThrownBy(() -> faults.failCommit("writer", fault -> fault.sqlState("08006")))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  static final class OfCoordinator implements RegistrySource {
    @Override
    public EngineRegistry registry() {
      return registry;
    }
  }

  @SqlAssistTest(registry = OfCoordinator.class, transactions = Transactions.SEPARATE)
  static class ThatCommitsBoth {

    @RepeatedTest(2)
    void beginsEmpty(DbSessionsContainer db) {
      assertThat(Catalogue.names(db.writer())).isEmpty();
      assertThat(Catalogue.names(db.session("ledger"))).isEmpty();
      db.writer().persist(new Author("both"));
      db.session("ledger").persist(new Author("both"));
      db.commit();
      assertThat(stored("writer")).containsExactly("both");
      assertThat(stored("ledger")).containsExactly("both");
    }
  }

  @Test
  void theirTablesAreEmptiedBeforeAndAfterATestThatReallyCommits() {
    writeBoth("left before");

    Kit.succeeds(ThatCommitsBoth.class);
    assertThat(stored("writer")).isEmpty();
    assertThat(stored("ledger")).isEmpty();
    writeBoth("as ever");
    assertThat(stored("ledger")).containsExactly("as ever");
  }
}
