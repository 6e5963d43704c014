package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.engine.EngineKind;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLFeatureNotSupportedException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A driver without savepoints: H2's, which is made to say so. */
class SavepointRefusedTest {

  /** Answers some methods itself, and leaves the others to the real object. */
  private interface Answer {
    Object to(String method) throws Exception;
  }

  private static final Object REAL = new Object();

  private static <T> T instead(Class<T> type, Object real, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            SavepointRefusedTest.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Object answered = answer.to(method.getName());
              try {
                return answered == REAL ? method.invoke(real, arguments) : answered;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  /**
   * A driver that refuses.
   *
   * @param honest whether its metadata says so, or only the call fails
   */
  private static DataSource withoutSavepoints(boolean honest) {
    DataSource real = H2.dataSource();
    return instead(
        DataSource.class,
        real,
        method -> method.equals("getConnection") ? refusing(real.getConnection(), honest) : REAL);
  }

  private static Connection refusing(Connection real, boolean honest) {
    return instead(
        Connection.class,
        real,
        method -> {
          if (method.equals("setSavepoint")) {
            throw new SQLFeatureNotSupportedException("savepoints");
          }
          return method.equals("getMetaData") && honest ? metaDataWithout(real) : REAL;
        });
  }

  private static DatabaseMetaData metaDataWithout(Connection real) throws Exception {
    return instead(
        DatabaseMetaData.class,
        real.getMetaData(),
        method -> method.equals("supportsSavepoints") ? Boolean.FALSE : REAL);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDriverWithoutSavepointsIsRefusedAndTheTransactionGoesOn(boolean honest) {
    AtomicBoolean ran = new AtomicBoolean();
    try (TestEngines engines = TestEngines.none()) {
      engines.add(
          "writer",
          withoutSavepoints(honest),
          EngineKind.READ_WRITE,
          config -> config.entities(Novel.class));
      try (DbSessionsContainer db = engines.unit()) {
        db.writer().persist(new Novel("before"));

        assertThatThrownBy(
                () ->
                    db.on("writer")
                        .savepoint(
                            session -> {
                              ran.set(true);
                              return null;
                            }))
            .isInstanceOf(UnsupportedOperationException.class)
            .hasMessageContaining("Engine 'writer' can't set a savepoint: the driver H2")
            .hasMessageContaining("Use atomic(...)");
        db.writer().persist(new Novel("after"));
        db.commit();

        assertThat(ran).isFalse();
        assertThat(db.writer().createSelectionQuery("select isbn from Novel", String.class).list())
            .containsExactlyInAnyOrder("before", "after");
      }
    }
  }
}
