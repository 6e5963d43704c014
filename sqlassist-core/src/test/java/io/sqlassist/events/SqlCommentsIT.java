package io.sqlassist.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineConfig;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.engine.ReadOnlyEngineException;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.RecordingDataSource;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitOrigin;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.hibernate.StatelessSession;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SqlCommentsIT {

  private static final String OF_WRITER = " /*engine='writer',route='%2Fnovels%2F%7Bid%7D'*/";
  private static final String OF_READER = " /*engine='reader',route='%2Fnovels%2F%7Bid%7D'*/";

  private final TestEngines engines = TestEngines.none();
  private RecordingDataSource recorded;

  @AfterEach
  void close() {
    engines.close();
  }

  private void add(
      String name, DatabaseHandle database, EngineKind kind, Consumer<EngineConfig> config) {
    recorded = new RecordingDataSource(database.dataSource());
    engines.add(name, recorded, kind, settings -> config.accept(settings.entities(Novel.class)));
    recorded.forget();
  }

  private DbSessionsContainer unit() {
    return new DbSessionsContainer(
        engines.registry(),
        new UnitOrigin() {
          @Override
          public String label() {
            return "GET /novels/17";
          }

          @Override
          public Optional<Object> attribute(String name) {
            return name.equals("route") ? Optional.of("/novels/{id}") : Optional.empty();
          }
        });
  }

  @ParameterizedTest
  @EnumSource(DatabaseKind.class)
  void everyStatementOfAUnitHasItsComment(DatabaseKind kind) {
    add("writer", kind.fresh(), EngineKind.READ_WRITE, EngineConfig::sqlComments);
    DbSessionsContainer db = unit();
    Session session = db.writer();
    Novel first = new Novel("first");
    session.persist(first);
    session.persist(new Novel("second"));
    session.flush();
    first.setStock(3);
    session.flush();
    assertThat(
            session
                .createNativeQuery("select count(*) from Novel;", Long.class)
                .addSynchronizedEntityClass(Novel.class)
                .getSingleResult())
        .isEqualTo(2);
    assertThat(session.createMutationQuery("update Novel set stock = stock + 1").executeUpdate())
        .isEqualTo(2);
    assertThat(
            session
                .createSelectionQuery("from Novel where isbn = :isbn", Novel.class)
                .setParameter("isbn", "first")
                .getSingleResult())
        .isSameAs(first);
    StatelessSession stateless = db.on("writer").statelessSession();
    stateless.insert(new Novel("stateless"));
    db.on("writer")
        .savepoint(
            inner -> {
              inner.persist(new Novel("inner"));
              return Boolean.TRUE;
            });
    db.commitAndClose();

    assertThat(recorded.statements())
        .hasSizeGreaterThanOrEqualTo(7)
        .allSatisfy(sql -> assertThat(sql.replaceFirst(";$", "")).endsWith(OF_WRITER));
    assertThat(count()).isEqualTo(4);
  }

  private long count() {
    try (Session session = engines.registry().engine("writer").openSession()) {
      return session
          .createSelectionQuery("select count(*) from Novel", Long.class)
          .getSingleResult();
    }
  }

  @ParameterizedTest
  @EnumSource(DatabaseKind.class)
  void readOnlyEngineJudgesStatementsAsBefore(DatabaseKind kind) {
    DatabaseHandle database = kind.fresh();
    add("writer", database, EngineKind.READ_WRITE, config -> {});
    add("reader", database, EngineKind.READ_ONLY, EngineConfig::sqlComments);
    DbSessionsContainer db = unit();

    assertThat(db.reader().createSelectionQuery("from Novel", Novel.class).getResultList())
        .isEmpty();
    assertThat(
            db.reader()
                .createNativeQuery("select count(*) from Novel", Long.class)
                .getSingleResult())
        .isZero();
    for (String write :
        List.of("delete from Novel", "/* */ delete from Novel", "delete from Novel -- ;")) {
      assertThatThrownBy(() -> db.reader().createNativeMutationQuery(write).executeUpdate())
          .as(write)
          .hasStackTraceContaining(ReadOnlyEngineException.class.getName());
    }
    assertThatThrownBy(() -> db.reader().createMutationQuery("delete from Novel").executeUpdate())
        .hasStackTraceContaining(ReadOnlyEngineException.class.getName());
    db.close();

    assertThat(recorded.statements()).hasSize(2).allMatch(sql -> sql.endsWith(OF_READER));
  }

  @Test
  void engineWithoutCommentsSendsStatementsAsTheyAre() {
    add("writer", DatabaseKind.H2.fresh(), EngineKind.READ_WRITE, config -> {});
    DbSessionsContainer db = unit();
    db.writer().createSelectionQuery("from Novel", Novel.class).getResultList();
    db.close();

    assertThat(recorded.statements()).hasSize(1).noneMatch(sql -> sql.contains("/*"));
  }

  @Test
  void sessionOutsideOfAUnitTellsItsEngine() {
    add("writer", DatabaseKind.H2.fresh(), EngineKind.READ_WRITE, EngineConfig::sqlComments);
    assertThat(count()).isZero();

    assertThat(recorded.statements()).singleElement().asString().endsWith(" /*engine='writer'*/");
  }

  @Test
  void inspectorOfTheApplicationWorksOn() {
    StatementInspector own = sql -> sql.replace("Novel", "Novel ");
    add(
        "writer",
        DatabaseKind.H2.fresh(),
        EngineKind.READ_WRITE,
        config -> config.property(AvailableSettings.STATEMENT_INSPECTOR, own).sqlComments());
    DbSessionsContainer db = unit();
    db.writer().createSelectionQuery("from Novel", Novel.class).getResultList();
    db.close();

    assertThat(recorded.statements())
        .singleElement()
        .asString()
        .contains("Novel  ")
        .endsWith(OF_WRITER);
  }

  @Test
  void inspectorThatIsNoObjectIsRefused() {
    assertThatThrownBy(
            () ->
                add(
                    "writer",
                    DatabaseKind.H2.fresh(),
                    EngineKind.READ_WRITE,
                    config ->
                        config
                            .property(AvailableSettings.STATEMENT_INSPECTOR, "com.shop.Inspector")
                            .sqlComments()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sqlComments()");
  }

  @Test
  void batchesAndTheRewritingOfInsertsGoOn() {
    DatabaseHandle database = DatabaseKind.POSTGRESQL.fresh();
    org.postgresql.ds.PGSimpleDataSource source = new org.postgresql.ds.PGSimpleDataSource();
    source.setUrl(database.jdbcUrl());
    source.setUser(database.username());
    source.setPassword(database.password());
    source.setReWriteBatchedInserts(true);
    recorded = new RecordingDataSource(source);
    engines.add(
        "writer",
        recorded,
        EngineKind.READ_WRITE,
        config ->
            config
                .entities(Novel.class)
                .property(AvailableSettings.STATEMENT_BATCH_SIZE, 20)
                .sqlComments());
    recorded.forget();
    DbSessionsContainer db = unit();
    for (int i = 0; i < 50; i++) {
      db.writer().persist(new Novel("novel " + i));
    }
    db.commitAndClose();

    assertThat(recorded.statements()).filteredOn(sql -> sql.startsWith("insert")).hasSize(1);
    assertThat(count()).isEqualTo(50);
  }
}
