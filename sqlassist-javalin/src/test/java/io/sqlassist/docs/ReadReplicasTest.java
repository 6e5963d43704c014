package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.SqlAssist;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.ReadOnlyEngineException;
import io.sqlassist.observe.Observer;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import java.time.Duration;
import java.util.List;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of docs/read-replicas.md. The replica gets what the test gives it, when it does. */
class ReadReplicasTest {

  private final DatabaseHandle primary = DatabaseKind.H2.fresh();
  private final DatabaseHandle replica = DatabaseKind.H2.fresh();
  private final EngineRegistry replication = EngineRegistry.create(Observer.NONE);

  @BeforeEach
  void startReplica() {
    replication.initializeEngine(
        "writer",
        engine ->
            engine
                .url(replica.jdbcUrl())
                .username(replica.username())
                .password(replica.password())
                .entities(Book.class)
                .property("hibernate.hbm2ddl.auto", "create"));
  }

  @AfterEach
  void closeShop() {
    Shop.close();
    replication.close();
  }

  private void startShop() {
    String primaryUrl = primary.jdbcUrl();
    String replicaUrl = replica.jdbcUrl();
    String shop = primary.username();
    String shopPassword = primary.password();
    DatabaseHandle mayOnlySelect = replica.readOnlyUser();
    String shopReader = mayOnlySelect.username();
    String shopReaderPassword = mayOnlySelect.password();
    // tag::engines[]
    SqlAssist.initializeEngine(
        "writer",
        engine ->
            engine
                .url(primaryUrl)
                .username(shop)
                .password(shopPassword)
                .entities(Book.class)
                .property("hibernate.hbm2ddl.auto", "create"));
    SqlAssist.initializeEngine(
        "reader",
        engine ->
            engine
                .url(replicaUrl)
                .username(shopReader) // may only SELECT
                .password(shopReaderPassword)
                .entities(Book.class)
                .readOnly());
    // end::engines[]
  }

  /** What the primary has arrives at the replica. */
  private void catchUp() {
    List<String> titles = Shop.titles();
    Units.useUnit(
        replication,
        db -> {
          db.writer().createMutationQuery("delete Book").executeUpdate();
          titles.forEach(title -> db.writer().persist(new Book(title)));
        });
  }

  private static List<String> titles(Session session) {
    return session.createSelectionQuery("select title from Book", String.class).list();
  }

  @Test
  void aReplicaLags() {
    startShop();
    // tag::lag[]
    SqlAssist.useUnit(db -> db.writer().persist(new Book("Emma")));

    List<String> read = SqlAssist.inUnit(db -> titles(db.reader())); // not there yet
    // end::lag[]
    assertThat(read).isEmpty();
    catchUp();
    assertThat(SqlAssist.<List<String>, RuntimeException>inUnit(db -> titles(db.reader())))
        .containsExactly("Emma");
  }

  @Test
  void whoHasWrittenReadsItBack() {
    startShop();
    DbSessionsContainer db = SqlAssist.openUnit();
    db.writer().persist(new Book("Emma"));
    List<String> read = titles(db.readYourWrites());
    assertThat(read).containsExactly("Emma");
    db.commit();
    db.close();

    DbSessionsContainer next = SqlAssist.openUnit();
    assertThat(titles(next.readYourWrites())).isEmpty();
    next.readFromWriter();
    assertThat(titles(next.readYourWrites())).containsExactly("Emma");
    next.close();
  }

  @Test
  void theReaderRefusesBeforeTheReplicaDoes() {
    startShop();
    assertThatThrownBy(() -> SqlAssist.useUnit(db -> db.reader().persist(new Book("Emma"))))
        .isInstanceOf(ReadOnlyEngineException.class);
  }

  @Test
  void theReaderMovesToThePrimaryWhileTheReplicaIsAway() throws Exception {
    startShop();
    SqlAssist.useUnit(db -> db.writer().persist(new Book("Emma")));
    DatabaseHandle mayOnlySelect = primary.readOnlyUser();
    HikariConfig settings = new HikariConfig();
    settings.setJdbcUrl(mayOnlySelect.jdbcUrl());
    settings.setUsername(mayOnlySelect.username());
    settings.setPassword(mayOnlySelect.password());
    settings.setReadOnly(true);
    try (HikariDataSource onPrimary = new HikariDataSource(settings)) {
      // tag::move[]
      SqlAssist.engine("reader").switchTo(onPrimary, Duration.ofSeconds(30));
      // end::move[]
      List<String> read = SqlAssist.inUnit(db -> titles(db.reader()));
      assertThat(read).containsExactly("Emma");
      assertThatThrownBy(() -> SqlAssist.useUnit(db -> db.reader().persist(new Book("Persuasion"))))
          .isInstanceOf(ReadOnlyEngineException.class);
      SqlAssist.registry().remove("reader", Duration.ofSeconds(10));
    }
  }
}
