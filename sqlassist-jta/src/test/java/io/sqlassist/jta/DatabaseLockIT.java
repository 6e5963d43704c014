package io.sqlassist.jta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.jta.crash.LockMain;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One log in a database is one process's. */
class DatabaseLockIT {

  private static final String PREFIX = "jta_shop_";

  private final List<DatabaseLock> locks = new ArrayList<>();
  private final List<Connection> taken = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    locks.forEach(DatabaseLock::close);
  }

  /** A data source whose connections can be broken. */
  private DataSource breakable(DataSource database) {
    return (DataSource)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> {
              try {
                Object result = method.invoke(database, arguments);
                if (result instanceof Connection connection) {
                  taken.add(connection);
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private DatabaseLock lock(DataSource database) {
    DatabaseLock lock = DatabaseLock.of(database, new DatabaseNotes(database, PREFIX), "shop");
    locks.add(lock);
    return lock;
  }

  private void breakConnections() throws Exception {
    for (Connection each : taken) {
      if (!each.isClosed()) {
        each.abort(Runnable::run);
        each.close(); // H2 does nothing at the other
      }
    }
    taken.clear();
  }

  @ParameterizedTest
  @EnumSource
  void aSecondCoordinatorOnTheSameTablesIsRefusedAndToldWhoHasThem(DatabaseKind kind) {
    DataSource database = kind.fresh().dataSource();
    DatabaseLock first = lock(database);

    assertThatThrownBy(() -> lock(database))
        .isInstanceOf(JtaStartException.class)
        .hasMessageContainingAll(
            "jta_shop_sqlassist",
            "node=shop",
            "host=",
            "pid=" + ProcessHandle.current().pid(),
            "another id");
    first.check();
    first.close();
    lock(database).check();
  }

  @ParameterizedTest
  @EnumSource
  void nodesOfOtherNamesDontDisturbEachOther(DatabaseKind kind) {
    DataSource database = kind.fresh().dataSource();
    lock(database);
    locks.add(DatabaseLock.of(database, new DatabaseNotes(database, "jta_bank_"), "bank"));

    locks.forEach(DatabaseLock::check);
  }

  @ParameterizedTest
  @EnumSource
  void aLockWhoseConnectionBrokeIsTakenAgain(DatabaseKind kind) throws Exception {
    DataSource database = kind.fresh().dataSource();
    DatabaseLock first = lock(breakable(database));
    breakConnections();
    untilItReturns(first::check);

    assertThatThrownBy(() -> lock(database)).isInstanceOf(JtaStartException.class);
  }

  @ParameterizedTest
  @EnumSource
  void aLockThatSomebodyElseHasTakenMeanwhileIsLostAndItsHolderNamed(DatabaseKind kind)
      throws Exception {
    DataSource database = kind.fresh().dataSource();
    DatabaseLock first = lock(breakable(database));
    breakConnections();
    untilItReturns(() -> lock(database)); // the server may notice a moment later

    assertThatThrownBy(first::check)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("lost", "another coordinator has it", "node=shop");
  }

  private static void untilItReturns(Runnable work) {
    long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (true) {
      try {
        work.run();
        return;
      } catch (RuntimeException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
      }
    }
  }

  private static Process start(DatabaseHandle database) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            LockMain.class.getName(),
            "shop",
            database.jdbcUrl(),
            database.username(),
            database.password())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static String answer(Process process) throws Exception {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = lines.readLine();
    while (line != null && !line.matches("(started|refused).*")) {
      line = lines.readLine();
    }
    return String.valueOf(line);
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB"})
  void aProcessThatIsKilledGivesItsLogUp(DatabaseKind kind) throws Exception {
    DatabaseHandle database = kind.fresh();
    Process first = start(database);
    try {
      assertThat(answer(first)).isEqualTo("started true");
      Process second = start(database);
      try {
        assertThat(answer(second)).startsWith("refused").contains("pid=" + first.pid());
      } finally {
        second.destroyForcibly().waitFor();
      }
      first.destroyForcibly().waitFor();
      untilItReturns(() -> lock(database.dataSource()));
    } finally {
      first.destroyForcibly().waitFor();
    }
  }
}
