package io.sqlassist.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bookshop.Author;
import bookshop.Shop;
import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.debugpanel.Proves;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.session.Units;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import library.Patience;
import org.h2.jdbcx.JdbcDataSource;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class InstrumentsTest {

  private static Traced shop;

  @BeforeAll
  static void open() {
    shop = Traced.shop(DatabaseKind.H2);
    shop.unrecorded(db -> Shop.fill(db.writer(), 3, 1));
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  private static DataSource instrumented() {
    Engine engine = shop.registry.engine("writer");
    return engine
        .sessionFactory()
        .unwrap(SessionFactoryImplementor.class)
        .getServiceRegistry()
        .requireService(ConnectionProvider.class)
        .unwrap(DataSource.class);
  }

  @Test
  void poolIsWrappedOnceAndCanBeUnwrapped() throws SQLException {
    DataSource wrapped = instrumented();
    HikariDataSource pool = shop.pool("writer");

    assertThat(wrapped).isNotSameAs(pool);
    assertThat(wrapped.isWrapperFor(HikariDataSource.class)).isTrue();
    assertThat(wrapped.unwrap(HikariDataSource.class)).isSameAs(pool);
    assertThat(shop.recorder.instrument("writer", wrapped)).isSameAs(wrapped);
    assertThat(shop.registry.engine("writer").dataSource()).isSameAs(pool);
  }

  @Test
  void anotherRecorderSeesEverythingToo() {
    Recorder second = new Recorder(Patience::patient);
    try (Traced both = new Traced(config -> {})) {
      both.registry.observe(second);
      both.add("writer", DatabaseKind.H2.fresh(), EngineKind.READ_WRITE);
      both.registry.engine("writer").sessionFactory().getSchemaManager().create(false);
      Recording other = second.begin("the same work");
      Attachment attachment = other.attach();
      Trace trace = both.trace(db -> Shop.lookUpOneByOne(db.writer(), 6));
      attachment.close();

      assertThat(trace.totals().statements()).isEqualTo(6);
      assertThat(other.finish().totals().statements()).isEqualTo(6);
      assertThat(Traced.detectors(other.findings()))
          .isEqualTo(Traced.detectors(trace.findings()))
          .contains("repeated-statement");
      assertThat(other.snapshot().connections()).hasSameSizeAs(trace.connections());
    }
  }

  @Test
  void anotherRecorderSeesBranchesToo() throws Exception {
    Recorder first = new Recorder();
    Recorder second = new Recorder();
    XADataSource driver = (XADataSource) DatabaseKind.H2.fresh().dataSource();
    XADataSource once = first.instrumentXa("ledger", driver);
    XADataSource twice = second.instrumentXa("ledger", once);

    assertThat(twice).isNotSameAs(once);
    assertThat(second.instrumentXa("ledger", twice)).isSameAs(twice);
    assertThat(first.instrumentXa("ledger", twice)).isSameAs(twice);
    XAConnection connection = twice.getXAConnection();
    assertThat(connection.getXAResource().isSameRM(connection.getXAResource())).isTrue();
    connection.close();
  }

  @Test
  void readingRowsIsWorkOfTheConnection() {
    Trace trace =
        shop.trace(
            db ->
                db.writer()
                    .createNativeQuery("select x from system_range(1, 20000)", Long.class)
                    .getResultList());

    assertThat(trace.connections().get(0).busyNanos())
        .isGreaterThan(trace.statements().get(0).durationNanos());
  }

  @Test
  void connectionsLeadToTheirDriverAndBack() throws SQLException {
    try (Connection connection = instrumented().getConnection();
        PreparedStatement statement = connection.prepareStatement("select 1 union select 2")) {
      assertThat(connection.isWrapperFor(org.h2.jdbc.JdbcConnection.class)).isTrue();
      assertThat(connection.unwrap(org.h2.jdbc.JdbcConnection.class)).isNotNull();
      assertThat(statement.getConnection()).isSameAs(connection);
      try (ResultSet rows = statement.executeQuery()) {
        assertThat(rows.getStatement()).isSameAs(statement);
        assertThat(rows.next()).isTrue();
      }
      assertThat(connection.equals(statement.getConnection())).isTrue();
      assertThat(connection.equals(statement)).isFalse();
      assertThat(connection).hasSameHashCodeAs(statement.getConnection());
    }
  }

  @Test
  void failureOfTheDatabaseArrivesAsItIs() {
    assertThatThrownBy(
            () -> {
              try (Connection connection = instrumented().getConnection()) {
                connection.prepareStatement("select nonsense from nowhere").executeQuery();
              }
            })
        .isInstanceOf(SQLException.class)
        .isNotInstanceOf(java.lang.reflect.UndeclaredThrowableException.class)
        .hasMessageContaining("NOWHERE");
  }

  @Test
  void batchesAreOneExecutionWithTheirFirstRows() {
    Trace trace =
        shop.trace(
            db ->
                db.writer()
                    .doWork(
                        connection -> {
                          try (PreparedStatement batch =
                              connection.prepareStatement(
                                  "update Author set name = name where name = ?")) {
                            for (int i = 0; i < 30; i++) {
                              batch.setString(1, "author " + i);
                              batch.addBatch();
                            }
                            batch.executeBatch();
                          }
                        }));

    StatementTrace batch = trace.statements().get(0);
    assertThat(batch.batchSize()).isEqualTo(30);
    assertThat(batch.binds().get(0).value()).isEqualTo("author 0");
    assertThat(batch.batchBinds()).hasSize(19);
    assertThat(batch.updateCount()).isEqualTo(3);
    assertThat(batch.kind()).isEqualTo(StatementKind.UPDATE);
  }

  /** A driver whose connections answer nothing but what an application needs. */
  private static DataSource hostile(DataSource target) {
    return (DataSource)
        Proxy.newProxyInstance(
            InstrumentsTest.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> {
              try {
                Object result = method.invoke(target, arguments);
                return result instanceof Connection connection ? hostile(connection) : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static Connection hostile(Connection target) {
    return (Connection)
        Proxy.newProxyInstance(
            InstrumentsTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (List.of("getMetaData", "isWrapperFor", "unwrap").contains(method.getName())) {
                throw new IllegalStateException("hostile");
              }
              try {
                return method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  @Proves("S17")
  void recorderThatFailsDisturbsNobody() throws SQLException {
    Recorder recorder = new Recorder();
    DataSource source = recorder.instrument("x", hostile(DatabaseKind.H2.fresh().dataSource()));
    try (Connection connection = source.getConnection();
        ResultSet rows = connection.createStatement().executeQuery("select 7")) {
      rows.next();
      assertThat(rows.getInt(1)).isEqualTo(7);
    }

    assertThat(recorder.captureErrors()).isPositive();
  }

  @Test
  @Proves("S17")
  void failingRequestLookUpDisturbsNobody() {
    try (Traced failing =
        Traced.shop(
            DatabaseKind.H2,
            cfg ->
                cfg.recordingOf(
                    request -> {
                      throw new IllegalStateException("of the finder");
                    }))) {
      Units.useUnit(failing.registry, db -> db.writer().persist(new Author("kept")));

      assertThat(failing.count("writer", "Author")).isEqualTo(1);
    }
  }

  private record Branch(byte[] id) implements Xid {
    @Override
    public int getFormatId() {
      return 1;
    }

    @Override
    public byte[] getGlobalTransactionId() {
      return id;
    }

    @Override
    public byte[] getBranchQualifier() {
      return new byte[] {1};
    }
  }

  @Test
  void branchesTellOfBothPhases() throws Exception {
    JdbcDataSource driver = (JdbcDataSource) DatabaseKind.H2.fresh().dataSource();
    Recorder recorder = new Recorder();
    XADataSource recorded = recorder.instrumentXa("ledger", driver);
    assertThat(recorder.instrumentXa("ledger", recorded)).isSameAs(recorded);
    Trace trace =
        recorder.record(
            "two phases",
            () -> {
              XAConnection connection = recorded.getXAConnection();
              XAResource resource = connection.getXAResource();
              Xid branch = new Branch(new byte[] {7});
              resource.start(branch, XAResource.TMNOFLAGS);
              resource.end(branch, XAResource.TMSUCCESS);
              resource.prepare(branch);
              resource.commit(branch, false);
              assertThat(resource.isSameRM(connection.getXAResource())).isTrue();
              connection.close();
              return null;
            });

    assertThat(trace.marks())
        .extracting(Mark::kind)
        .containsExactly(
            Mark.Kind.XA_START, Mark.Kind.XA_END, Mark.Kind.XA_PREPARE, Mark.Kind.XA_COMMIT);
    assertThat(trace.marks()).allMatch(each -> each.engine().equals("ledger"));
    assertThat(trace.marks()).allMatch(each -> each.detail().equals("07:01"));
    assertThat(trace.totals().commits()).isEqualTo(1);
  }

  @Test
  void aStepOfABranchThatFailsSaysWhatItsNumberMeans() throws Exception {
    JdbcDataSource driver = (JdbcDataSource) DatabaseKind.H2.fresh().dataSource();
    Recorder recorder = new Recorder();
    XADataSource recorded = recorder.instrumentXa("ledger", driver);
    Trace trace =
        recorder.record(
            "one phase",
            () -> {
              XAConnection connection = recorded.getXAConnection();
              XAResource resource = connection.getXAResource();
              Xid branch = new Branch(new byte[] {8});
              resource.start(branch, XAResource.TMNOFLAGS);
              resource.end(branch, XAResource.TMSUCCESS);
              assertThatThrownBy(() -> resource.prepare(new Branch(new byte[] {9})))
                  .isInstanceOf(XAException.class);
              resource.commit(branch, true);
              connection.close();
              return null;
            });

    assertThat(trace.marks())
        .extracting(Mark::kind)
        .containsExactly(
            Mark.Kind.XA_START, Mark.Kind.XA_END, Mark.Kind.XA_PREPARE, Mark.Kind.XA_COMMIT);
    assertThat(trace.marks().get(2).failure()).isNotNull();
    assertThat(trace.marks().get(2).failure().message()).startsWith("XA error ");
    assertThat(trace.marks().get(3).detail()).isEqualTo("08:01 in one phase");
    XAException gone = new XAException(XAException.XAER_RMFAIL);
    gone.initCause(new SQLException("closed", "08006"));
    assertThat(Failures.ofBranch(gone).message())
        .isEqualTo(
            "XA error -7, the database can't be reached; what was decided is finished by recovery:"
                + " closed");
    assertThat(Failures.ofBranch(gone).sqlState()).isEqualTo("08006");
    assertThat(Failures.ofBranch(new XAException(XAException.XA_RBINTEGRITY)).message())
        .isEqualTo("XA error 103, the branch was rolled back");
  }

  @Test
  void failedAcquisitionIsRecordedAndThrown() {
    Recorder recorder = new Recorder();
    JdbcDataSource nowhere = new JdbcDataSource();
    nowhere.setURL("jdbc:h2:tcp://localhost:1/nowhere;IFEXISTS=TRUE;PASSWORD=hunter2");
    DataSource source = recorder.instrument("x", nowhere);

    assertThatThrownBy(source::getConnection).isInstanceOf(SQLException.class);
    Trace trace = recorder.background();
    assertThat(trace.connections()).hasSize(1);
    assertThat(trace.connections().get(0).failure()).isNotNull();
    assertThat(trace.toString()).doesNotContain("hunter2");
    assertThat(recorder.holders()).isEmpty();
  }
}
