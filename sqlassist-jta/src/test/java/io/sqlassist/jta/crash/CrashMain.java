package io.sqlassist.jta.crash;

import io.sqlassist.SqlAssist;
import io.sqlassist.jta.InDoubt;
import io.sqlassist.jta.JtaCoordinator;
import io.sqlassist.jta.XaPool;
import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.Faulty;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.XADataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.xa.PGXADataSource;

/**
 * The process that is killed. Arguments: what to do, the node id, the store, and url, user and
 * password of each of the two databases. Talks to its parent by lines, and ends with it.
 */
public final class CrashMain {

  /** The exit code of a process that has come to the point where it was to halt. */
  static final int HALTED = 42;

  private static final int PARENT_GONE = 43;
  private static final int WRITER_FAILED = 44;
  private static final Duration LONGEST_RECOVERY = Duration.ofMinutes(2);

  private CrashMain() {}

  public static void main(String[] arguments) throws Exception {
    String task = arguments[0];
    boolean serves = task.equals("serve");
    if (!serves) {
      endWithParent();
    }
    Faulty orders = new Faulty(dataSource(arguments[3], arguments[4], arguments[5]));
    Faulty ledger = new Faulty(dataSource(arguments[6], arguments[7], arguments[8]));
    long start = System.nanoTime();
    JtaCoordinator jta =
        JtaCoordinator.start(
            cfg -> {
              cfg.nodeId = arguments[1];
              cfg.objectStore = Path.of(arguments[2]);
              // Served ones are asked between two scans.
              cfg.recoveryInterval = Duration.ofSeconds(serves ? 3 : 1);
            });
    jta.initializeEngine("orders", pool(orders), config -> config.entities(Entry.class));
    jta.initializeEngine("ledger", pool(ledger), config -> config.entities(Entry.class));
    say("started " + millisSince(start));
    if (task.startsWith("halt:")) {
      haltAt(task.substring("halt:".length()), orders, ledger);
      write(1);
      say("survived");
    } else if (task.startsWith("load:")) {
      recover(jta);
      load(Long.parseLong(task.substring("load:".length())));
    } else if (serves) {
      serve(jta);
    } else {
      recover(jta);
      jta.close();
    }
    System.exit(0);
  }

  /** A parent that is killed can't kill. */
  private static void endWithParent() {
    Thread parent =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // it lives
                }
              } catch (IOException e) {
                System.err.println("the parent can't be read: " + e);
              }
              Runtime.getRuntime().halt(PARENT_GONE);
            });
    parent.setDaemon(true);
    parent.start();
  }

  private static XADataSource dataSource(String url, String user, String password)
      throws Exception {
    if (url.startsWith("jdbc:postgresql:")) {
      PGXADataSource postgres = new PGXADataSource();
      postgres.setUrl(url);
      postgres.setUser(user);
      postgres.setPassword(password);
      return postgres;
    }
    if (url.startsWith("jdbc:h2:")) {
      JdbcDataSource h2 = new JdbcDataSource();
      h2.setURL(url);
      h2.setUser(user);
      h2.setPassword(password);
      return h2;
    }
    MariaDbDataSource mariaDb = new MariaDbDataSource(url);
    mariaDb.setUser(user);
    mariaDb.setPassword(password);
    return mariaDb;
  }

  private static XaPool pool(XADataSource dataSource) {
    XaPool pool = XaPool.of(dataSource);
    pool.maximumPoolSize = 4;
    return pool;
  }

  private static void write(long id) {
    SqlAssist.useUnit(
        db -> {
          db.session("orders").persist(new Entry(id, "entry " + id));
          db.session("ledger").persist(new Entry(id, "entry " + id));
        });
  }

  private static void serve(JtaCoordinator jta) throws IOException {
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      String[] command = line.split(" ");
      long id = Long.parseLong(command[1]);
      try {
        switch (command[0]) {
          case "both" -> {
            write(id);
            say("done " + id);
          }
          case "one" -> {
            SqlAssist.useUnit(db -> db.session("orders").persist(new Entry(id, "entry " + id)));
            say("done " + id);
          }
          case "clock" -> say("" + System.currentTimeMillis());
          case "doubt" -> say("" + jta.recovery().branches().size());
          case "recover" -> recover(jta);
          default -> say("unknown " + line);
        }
      } catch (RuntimeException e) {
        say("failed " + id + " " + e);
      }
    }
  }

  /** For example {@code before:commit:2}: before the second branch of the two is committed. */
  private static void haltAt(String point, Faulty... dataSources) {
    String[] parts = point.split(":");
    AtomicInteger count = new AtomicInteger();
    Faulty.Fault halt =
        step -> {
          if (step.equals(parts[1]) && count.incrementAndGet() == Integer.parseInt(parts[2])) {
            Runtime.getRuntime().halt(HALTED);
          }
        };
    for (Faulty each : dataSources) {
      if (parts[0].equals("before")) {
        each.before(halt);
      } else {
        each.after(halt);
      }
    }
  }

  private static void recover(JtaCoordinator jta) {
    long start = System.nanoTime();
    InDoubt inDoubt = jta.recoverNow();
    while (!inDoubt.isEmpty() && System.nanoTime() - start < LONGEST_RECOVERY.toNanos()) {
      inDoubt = jta.recoverNow();
    }
    say((inDoubt.isEmpty() ? "recovered " : "in doubt " + inDoubt + " ") + millisSince(start));
  }

  private static void load(long first) throws InterruptedException {
    AtomicLong next = new AtomicLong(first);
    Thread[] writers = new Thread[4];
    for (int i = 0; i < writers.length; i++) {
      writers[i] =
          new Thread(
              () -> {
                try {
                  while (true) {
                    long id = next.getAndIncrement();
                    write(id);
                    say("committed " + id);
                  }
                } catch (RuntimeException | Error e) {
                  e.printStackTrace(); // the parent looks at the exit code
                  Runtime.getRuntime().halt(WRITER_FAILED);
                }
              });
      writers[i].start();
    }
    for (Thread writer : writers) {
      writer.join();
    }
  }

  private static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }
}
