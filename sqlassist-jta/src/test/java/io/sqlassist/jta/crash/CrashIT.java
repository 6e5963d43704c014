package io.sqlassist.jta.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kills a process in the middle of its commits, starts it again, and compares the two databases
 * with each other and with what the process had told. Random kills: 30, or {@code -Dkills=500}.
 * With {@code -Dkills.h2=true} each point is tried on H2's files, too; not by default, since H2
 * can't always open its own file again after a kill.
 */
class CrashIT {

  private static final int KILLS = Integer.getInteger("kills", 30);

  /** One database of the two, in this process and in the child. */
  private record Database(String url, String user, String password, DataSource direct) {

    static Database of(DatabaseHandle handle) {
      return new Database(
          handle.jdbcUrl(), handle.username(), handle.password(), handle.dataSource());
    }

    static Database h2(Path file) {
      JdbcDataSource h2 = new JdbcDataSource();
      h2.setURL("jdbc:h2:file:" + file);
      h2.setUser("sa");
      h2.setPassword("");
      return new Database(h2.getURL(), "sa", "", h2);
    }

    void createTable() {
      try (Connection connection = direct.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute(
            "create table Entry (id bigint primary key, text varchar(255) not null unique, version"
                + " integer not null)");
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    TreeSet<Long> ids() {
      TreeSet<Long> ids = new TreeSet<>();
      try (Connection connection = direct.getConnection();
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("select id from Entry")) {
        while (row.next()) {
          ids.add(row.getLong(1));
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
      return ids;
    }
  }

  @TempDir Path folder;
  private Path store;

  @BeforeEach
  void store() {
    store = folder.resolve("store");
  }

  private Process start(String task, Database orders, Database ledger) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            CrashMain.class.getName(),
            task,
            store.toString(),
            orders.url(),
            orders.user(),
            orders.password(),
            ledger.url(),
            ledger.user(),
            ledger.password())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static BufferedReader lines(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Runs the process to its end. */
  private List<String> run(String task, Database orders, Database ledger) throws Exception {
    Process process = start(task, orders, ledger);
    try {
      List<String> said = lines(process).lines().toList();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return said;
    } finally {
      process.destroyForcibly();
    }
  }

  static Stream<Arguments> pointsOfTheProtocol() {
    List<Arguments> points = new ArrayList<>();
    for (String ledger :
        Boolean.getBoolean("kills.h2") ? List.of("MariaDB", "H2") : List.of("MariaDB")) {
      points.add(Arguments.of("after:prepare:1", ledger, false));
      points.add(Arguments.of("after:prepare:2", ledger, false));
      points.add(Arguments.of("before:commit:1", ledger, true));
      points.add(Arguments.of("after:commit:1", ledger, true));
      points.add(Arguments.of("before:commit:2", ledger, true));
      points.add(Arguments.of("after:commit:2", ledger, true));
    }
    return points.stream();
  }

  @ParameterizedTest(name = "{0}, PostgreSQL and {1}: committed={2}")
  @MethodSource("pointsOfTheProtocol")
  void aProcessHaltedAtAnyPointIsFinishedByTheNextStart(
      String point, String kind, boolean committed) throws Exception {
    Database orders = Database.of(DatabaseKind.POSTGRESQL.fresh());
    Database ledger =
        kind.equals("H2")
            ? Database.h2(folder.resolve("ledger"))
            : Database.of(DatabaseKind.MARIADB.fresh());
    orders.createTable();
    ledger.createTable();

    assertThat(run("halt:" + point, orders, ledger)).doesNotContain("survived");
    List<String> said = run("recover", orders, ledger);

    assertThat(said).anyMatch(line -> line.startsWith("recovered"));
    assertThat(orders.ids()).isEqualTo(ledger.ids());
    assertThat(orders.ids()).hasSize(committed ? 1 : 0);
  }

  @Test
  void aProcessKilledAtRandomUnderLoadLeavesNothingSplitNorInDoubt() throws Exception {
    Database orders = Database.of(DatabaseKind.POSTGRESQL.fresh());
    Database ledger = Database.of(DatabaseKind.MARIADB.fresh());
    orders.createTable();
    ledger.createTable();
    long seed = Long.getLong("kills.seed", System.nanoTime());
    Random random = new Random(seed);
    TreeSet<Long> told = new TreeSet<>();
    List<Long> recoveries = new ArrayList<>();
    for (int kill = 0; kill <= KILLS; kill++) {
      boolean last = kill == KILLS;
      String what = "kill " + kill + " of seed " + seed;
      Process process = start(last ? "recover" : "load:" + (1 + kill * 1_000_000L), orders, ledger);
      try (BufferedReader lines = lines(process)) {
        String recovered = lines.readLine();
        while (recovered != null && !recovered.matches("(recovered|in doubt) .*")) {
          recovered = lines.readLine();
        }
        assertThat(recovered).as(what).startsWith("recovered");
        recoveries.add(Long.valueOf(recovered.substring("recovered ".length())));
        if (!last) {
          Thread killer = killAfter(process, random.nextInt(1_500));
          lines
              .lines()
              .filter(line -> line.startsWith("committed"))
              .forEach(line -> told.add(Long.valueOf(line.substring("committed ".length()))));
          killer.join();
        }
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
    assertThat(orders.ids()).as("seed " + seed).isEqualTo(ledger.ids());
    assertThat(orders.ids()).as("what was told, seed " + seed).containsAll(told);
    long longest = recoveries.stream().mapToLong(Long::longValue).max().orElse(0);
    System.out.printf(
        "%d kills: %d commits told, %d durable, 0 split, 0 in doubt; longest recovery %d ms%n",
        KILLS, told.size(), orders.ids().size(), longest);
  }

  private static Thread killAfter(Process process, long millis) {
    Thread killer =
        new Thread(
            () -> {
              try {
                process.waitFor(millis, TimeUnit.MILLISECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              process.toHandle().destroyForcibly(); // the process's own closes what it said, too
            });
    killer.start();
    return killer;
  }
}
