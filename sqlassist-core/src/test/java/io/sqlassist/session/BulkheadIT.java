package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineBusyException;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.engine.PoolFigures;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Far more units of work than connections, on real databases. */
@ParameterizedClass
@EnumSource
class BulkheadIT {

  private static final int UNITS = 10_000;
  private static final int POOL = 10;

  private final DatabaseKind kind;
  private final TestEngines engines = TestEngines.none();

  BulkheadIT(DatabaseKind kind) {
    this.kind = kind;
  }

  @AfterEach
  void everyConnectionIsBack() {
    engines.assertConnectionsAreBackAndClean();
    engines.close();
  }

  private void add(String name, int poolSize, Duration acquireTimeout) {
    engines.add(
        name,
        kind.fresh(),
        EngineKind.READ_WRITE,
        poolSize,
        engine -> engine.acquireTimeout(acquireTimeout));
  }

  private static Object query(Session session) {
    return session.createNativeQuery("select 1", Integer.class).getSingleResult();
  }

  @Test
  void heldPoolIsBusyAndNoOtherEngineIs() {
    add("writer", 2, Duration.ofSeconds(1));
    add("ledger", 2, Duration.ofSeconds(1));
    DbSessionsContainer first = engines.unit();
    DbSessionsContainer second = engines.unit();
    query(first.writer());
    query(second.writer());
    DbSessionsContainer third = engines.unit();

    assertThatThrownBy(() -> query(third.writer()))
        .isInstanceOf(EngineBusyException.class)
        .hasMessageContaining("'writer'")
        .hasMessageContaining("max=2, active=2");
    assertThat(query(third.session("ledger"))).isNotNull();
    first.close();
    second.close();
    third.close();

    Units.useUnit(engines.registry(), db -> db.writer().persist(new Novel("afterwards")));
    assertThat(engines.isbns("writer")).containsExactly("afterwards");
  }

  /**
   * Virtual threads where the JDK has them; else as many platform threads as a machine can bear.
   */
  private static ExecutorService manyThreads() throws ReflectiveOperationException {
    try {
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (NoSuchMethodException e) {
      return Executors.newFixedThreadPool(200);
    }
  }

  @Test
  void tenThousandUnitsShareTenConnectionsAndNoneFails() throws Exception {
    add("writer", POOL, Duration.ofMinutes(5));
    ExecutorService threads = manyThreads();
    try {
      List<Future<Integer>> all = new ArrayList<>();
      for (int i = 0; i < UNITS; i++) {
        int number = i;
        all.add(threads.submit(() -> insert(number)));
      }
      for (Future<Integer> each : all) {
        each.get(5, TimeUnit.MINUTES);
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(engines.isbns("writer")).hasSize(UNITS).doesNotHaveDuplicates();
    assertThat(engines.registry().engine("writer").pool().orElseThrow())
        .extracting(PoolFigures::active, PoolFigures::waiting)
        .containsExactly(0, 0);
  }

  private int insert(int number) {
    return Units.<Integer, RuntimeException>inUnit(
        engines.registry(),
        db -> {
          db.writer().persist(new Novel("novel " + number));
          db.writer().flush();
          return number;
        });
  }
}
