package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.engine.EngineKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.transaction.TransactionPolicy;
import io.sqlassist.transaction.UnitTransaction;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a unit of work does to a connection that is lent to it, call by call. */
class LentConnectionTest {

  private final TestEngines engines = TestEngines.none();
  private final DataSource database = H2.dataSource();
  private final List<String> calls = new ArrayList<>();
  private Connection owner;

  @BeforeEach
  void begin() throws SQLException {
    engines.add(
        "writer",
        database,
        EngineKind.READ_WRITE,
        config -> config.entities(Novel.class).acquireTimeout(Duration.ofMillis(50)));
    owner = recorded(database.getConnection(), true);
    owner.setAutoCommit(false);
    calls.clear();
  }

  @AfterEach
  void end() throws SQLException {
    owner.close();
    engines.close();
  }

  private Connection recorded(Connection connection, boolean savepoints) {
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              String name = method.getName();
              if (!name.startsWith("get") && !name.startsWith("is")) {
                calls.add(name);
              }
              try {
                Object result = method.invoke(connection, arguments);
                return name.equals("getMetaData") && !savepoints
                    ? withoutSavepoints((DatabaseMetaData) result)
                    : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static DatabaseMetaData withoutSavepoints(DatabaseMetaData database) {
    return (DatabaseMetaData)
        Proxy.newProxyInstance(
            LentConnectionTest.class.getClassLoader(),
            new Class<?>[] {DatabaseMetaData.class},
            (proxy, method, arguments) ->
                method.getName().equals("supportsSavepoints")
                    ? false
                    : method.invoke(database, arguments));
  }

  @Test
  void openingAndCommittingNothingDoesNothing() {
    try (DbSessionsContainer db = Units.openUnit(engines.registry(), Map.of("writer", owner))) {
      db.writer();
      db.commit();
    }

    assertThat(calls).isEmpty();
  }

  @Test
  void aCommitIsASavepointThatIsReleased() {
    Units.inUnit(
        engines.registry(),
        Map.of("writer", owner),
        db -> db.writer().createSelectionQuery("from Novel", Novel.class).getResultList());

    assertThat(calls).containsExactly("setSavepoint", "prepareStatement", "releaseSavepoint");
  }

  @Test
  void aRollbackGoesBackToTheSavepoint() {
    try (DbSessionsContainer db = Units.openUnit(engines.registry(), Map.of("writer", owner))) {
      db.writer().createSelectionQuery("from Novel", Novel.class).getResultList();
    }

    assertThat(calls)
        .containsExactly("setSavepoint", "prepareStatement", "rollback", "releaseSavepoint");
  }

  @Test
  void whoWaitsTooLongIsToldWhoHasIt() {
    EngineRegistry registry = engines.registry();
    try (EngineRegistry.Loan loan = registry.lend(Map.of("writer", owner));
        DbSessionsContainer first = new DbSessionsContainer(registry, () -> "POST /first");
        DbSessionsContainer second = new DbSessionsContainer(registry, () -> "POST /second")) {
      assertThat(loan).isNotNull();
      first.writer().persist(new Novel("first"));
      first.writer().flush();

      assertThatThrownBy(
              () -> second.writer().createSelectionQuery("from Novel", Novel.class).getResultList())
          .hasStackTraceContaining("in use by the unit of work 'POST /first'")
          .hasStackTraceContaining("within PT0.05S");
    }
  }

  @Test
  void aDriverWithoutSavepointsIsRefused() throws SQLException {
    try (Connection poor = recorded(database.getConnection(), false)) {
      poor.setAutoCommit(false);

      assertThatThrownBy(() -> Units.openUnit(engines.registry(), Map.of("writer", poor)))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("has no savepoints");
    }
  }

  @Test
  void anEngineOfACoordinatorIsRefused() {
    engines.add(
        "coordinated",
        database,
        EngineKind.READ_WRITE,
        config -> config.entities(Novel.class).policy(new Coordinated()));

    assertThatThrownBy(() -> Units.openUnit(engines.registry(), Map.of("coordinated", owner)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("through a coordinator (JTA)");
    assertThat(Units.findCurrent()).isEmpty();
  }

  private static final class Coordinated implements TransactionPolicy {
    @Override
    public UnitTransaction begin() {
      return TransactionPolicy.local().begin();
    }

    @Override
    public boolean isCoordinated() {
      return true;
    }
  }
}
