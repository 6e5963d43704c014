package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.fixture.Book;
import io.sqlassist.fixture.RecordingDataSource;
import io.sqlassist.fixture.RecordingObserver;
import io.sqlassist.session.Units;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(DatabaseKind.class)
class EngineConnectionsIT {

  @Parameter DatabaseKind database;

  private final RecordingObserver observer = new RecordingObserver();
  private final EngineRegistry registry = EngineRegistry.create(observer);
  private DatabaseHandle handle;

  @BeforeEach
  void makeSchema() throws SQLException {
    handle = database.fresh();
    try (Connection connection = handle.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table Book (id bigint primary key, title varchar(99) unique)");
      statement.execute("create table Book_tags (Book_id bigint, tags varchar(99))");
      statement.execute("insert into Book values (1, 'one')");
    }
  }

  @AfterEach
  void close() {
    registry.close();
  }

  private Engine pooled(EngineKind kind) {
    return registry.initializeEngine(
        "e",
        c ->
            kindOf(kind)
                .accept(
                    c.url(handle.jdbcUrl())
                        .username(handle.username())
                        .password(handle.password())
                        .pool(pool -> pool.setMaximumPoolSize(2))
                        .entities(Book.class)));
  }

  private RecordingDataSource unpooled(EngineKind kind) {
    RecordingDataSource dataSource = new RecordingDataSource(handle.dataSource());
    registry.initializeEngine("e", dataSource, c -> kindOf(kind).accept(c.entities(Book.class)));
    dataSource.forget();
    return dataSource;
  }

  private static Consumer<EngineConfig> kindOf(EngineKind kind) {
    return switch (kind) {
      case READ_WRITE -> c -> {};
      case READ_ONLY -> EngineConfig::readOnly;
      case AUTOCOMMIT -> EngineConfig::autocommit;
    };
  }

  private static HikariPoolMXBean pool(Engine engine) {
    return ((HikariDataSource) engine.dataSource()).getHikariPoolMXBean();
  }

  private long books() {
    try (Connection connection = handle.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select count(*) from Book")) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  // with a pool

  @ParameterizedTest
  @EnumSource(EngineKind.class)
  void openingASessionAcquiresNoConnection(EngineKind kind) {
    Engine engine = pooled(kind);

    Units.useUnit(
        registry,
        db -> {
          db.session("e");
          assertThat(pool(engine).getActiveConnections()).isZero();
        });
    try (Session session = engine.openSession()) {
      assertThat(session.isOpen()).isTrue();
      assertThat(pool(engine).getActiveConnections()).isZero();
    }
  }

  @Test
  void beginningATransactionAcquiresNoConnection() {
    Engine engine = pooled(EngineKind.READ_WRITE);

    try (Session session = engine.openSession()) {
      session.beginTransaction();

      assertThat(pool(engine).getActiveConnections()).isZero();
    }
  }

  @Test
  void firstStatementAcquiresAConnectionAndCommitGivesItBack() {
    Engine engine = pooled(EngineKind.READ_WRITE);

    Units.useUnit(
        registry,
        db -> {
          Book book = db.session("e").find(Book.class, 1L);
          assertThat(pool(engine).getActiveConnections()).isEqualTo(1);
          book.rename("changed");
          db.commit();
          assertThat(pool(engine).getActiveConnections()).isZero();
        });
  }

  @Test
  void rollbackGivesTheConnectionBack() {
    Engine engine = pooled(EngineKind.READ_WRITE);

    Units.useUnit(
        registry,
        db -> {
          db.session("e").find(Book.class, 1L);
          db.rollback();
          assertThat(pool(engine).getActiveConnections()).isZero();
        });
  }

  @Test
  void persistWaitsForTheFlushToAcquireAConnection() {
    Engine engine = pooled(EngineKind.READ_WRITE);

    Units.useUnit(
        registry,
        db -> {
          db.session("e").persist(new Book(2, "two"));
          assertThat(pool(engine).getActiveConnections()).isZero();
        });
    assertThat(books()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(
      value = EngineKind.class,
      names = {"READ_ONLY", "AUTOCOMMIT"})
  void withoutTransactionNoConnectionIsHeldBetweenStatements(EngineKind kind) {
    Engine engine = pooled(kind);

    Units.useUnit(
        registry,
        db -> {
          db.session("e").find(Book.class, 1L);
          assertThat(pool(engine).getActiveConnections()).isZero();
          db.session("e").createSelectionQuery("from Book", Book.class).getResultList();
          assertThat(pool(engine).getActiveConnections()).isZero();
          if (kind == EngineKind.AUTOCOMMIT) {
            db.session("e").persist(new Book(2, "two"));
            assertThat(pool(engine).getActiveConnections()).isZero();
            assertThat(books()).isEqualTo(2);
          }
        });
  }

  @ParameterizedTest
  @EnumSource(EngineKind.class)
  void poolIsMadeForTheKindOfEngine(EngineKind kind) {
    HikariDataSource pool = (HikariDataSource) pooled(kind).dataSource();

    assertThat(pool.isAutoCommit()).isEqualTo(kind != EngineKind.READ_WRITE);
    assertThat(pool.isReadOnly()).isEqualTo(kind == EngineKind.READ_ONLY);
    assertThat(pool.getPoolName()).isEqualTo("e");
    assertThat(observer.warnings()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(EngineKind.class)
  void poolIsWhollyFreeAfterTheStart(EngineKind kind) {
    assertThat(pool(pooled(kind)).getActiveConnections()).isZero();
  }

  @Test
  void failedStatementGivesTheConnectionBackAtTheEnd() {
    Engine engine = pooled(EngineKind.READ_WRITE);

    assertThatThrownBy(
            () ->
                Units.useUnit(
                    registry,
                    db -> {
                      db.session("e").persist(new Book(2, "one"));
                      db.session("e").flush();
                    }))
        .isInstanceOf(RuntimeException.class);
    assertThat(pool(engine).getActiveConnections()).isZero();
    assertThat(books()).isEqualTo(1);
  }

  // without a pool

  @ParameterizedTest
  @EnumSource(EngineKind.class)
  void driversDataSourceServesEveryKind(EngineKind kind) {
    RecordingDataSource dataSource = unpooled(kind);

    Units.useUnit(
        registry,
        db -> {
          assertThat(db.session("e").find(Book.class, 1L).title()).isEqualTo("one");
          if (kind != EngineKind.READ_ONLY) {
            db.session("e").persist(new Book(2, "two"));
          }
        });

    assertThat(books()).isEqualTo(kind == EngineKind.READ_ONLY ? 1 : 2);
    assertThat(dataSource.inUse()).isZero();
  }

  @ParameterizedTest
  @EnumSource(EngineKind.class)
  void connectionsComeBackAsTheyWere(EngineKind kind) {
    RecordingDataSource dataSource = unpooled(kind);

    Units.useUnit(
        registry,
        db -> {
          db.session("e").find(Book.class, 1L);
          db.rollback();
          db.session("e").find(Book.class, 1L);
        });

    assertThat(dataSource.returned())
        .isNotEmpty()
        .allSatisfy(mode -> assertThat(mode).isEqualTo("autoCommit=true readOnly=false"));
  }

  @ParameterizedTest
  @EnumSource(
      value = EngineKind.class,
      names = {"READ_ONLY", "AUTOCOMMIT"})
  void connectionsComeBackAsTheyWereAlsoIfTheWorkSwitchedThem(EngineKind kind) {
    RecordingDataSource dataSource = unpooled(kind);

    Units.useUnit(
        registry,
        db ->
            db.session("e")
                .doWork(connection -> connection.setAutoCommit(!connection.getAutoCommit())));

    assertThat(dataSource.returned())
        .isNotEmpty()
        .allSatisfy(mode -> assertThat(mode).isEqualTo("autoCommit=true readOnly=false"));
  }

  @Test
  void connectionComesBackWithoutAnOpenTransaction() {
    RecordingDataSource dataSource = unpooled(EngineKind.READ_WRITE);

    try (Session session = registry.engine("e").openSession()) {
      session.beginTransaction();
      session.persist(new Book(2, "two"));
      session.flush();
    }

    assertThat(dataSource.inUse()).isZero();
    assertThat(books()).isEqualTo(1);
  }

  @Test
  void startWithoutAPoolLeavesNoConnectionOpen() {
    RecordingDataSource dataSource = new RecordingDataSource(handle.dataSource());

    registry.initializeEngine("e", dataSource, c -> c.entities(Book.class).readOnly());

    assertThat(dataSource.acquired()).isPositive();
    assertThat(dataSource.inUse()).isZero();
    assertThat(dataSource.returned())
        .allSatisfy(mode -> assertThat(mode).isEqualTo("autoCommit=true readOnly=false"));
  }

  @ParameterizedTest
  @EnumSource(
      value = EngineKind.class,
      names = {"READ_WRITE", "AUTOCOMMIT"})
  void transactionBegunByHandIsDurableAfterItsCommit(EngineKind kind) {
    Engine engine = pooled(kind);

    try (Session session = engine.openSession()) {
      session.beginTransaction();
      session.persist(new Book(2, "two"));
      session.flush();
      session.persist(new Book(3, "three"));
      session.getTransaction().commit();
    }

    assertThat(books()).isEqualTo(3);
    assertThat(pool(engine).getActiveConnections()).isZero();
  }
}
