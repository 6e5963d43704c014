package io.sqlassist.jta.crash;

import io.sqlassist.SqlAssist;
import io.sqlassist.jta.InDoubt;
import io.sqlassist.jta.JtaCoordinator;
import io.sqlassist.jta.XaPool;
import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.Faulty;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.XADataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.xa.PGXADataSource;

/**
 * The process that is killed. Arguments: what to do, the store, and url, user and password of each
 * of the two databases. Talks to its parent by lines.
 */
public final class CrashMain {

  private static final Duration LONGEST_RECOVERY = Duration.ofSeconds(60);

  private CrashMain() {}

  public static void main(String[] arguments) throws Exception {
    String task = arguments[0];
    Faulty orders = new Faulty(dataSource(arguments[2], arguments[3], arguments[4]));
    Faulty ledger = new Faulty(dataSource(arguments[5], arguments[6], arguments[7]));
    long start = System.nanoTime();
    JtaCoordinator jta =
        JtaCoordinator.start(
            cfg -> {
              cfg.nodeId = "crash-1";
              cfg.objectStore = Path.of(arguments[1]);
              cfg.recoveryInterval = Duration.ofSeconds(1);
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
    } else {
      recover(jta);
      jta.close();
    }
    System.exit(0);
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

  /** For example {@code before:commit:2}: before the second branch of the two is committed. */
  private static void haltAt(String point, Faulty... dataSources) {
    String[] parts = point.split(":");
    AtomicInteger count = new AtomicInteger();
    Faulty.Fault halt =
        step -> {
          if (step.equals(parts[1]) && count.incrementAndGet() == Integer.parseInt(parts[2])) {
            Runtime.getRuntime().halt(42);
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
                while (true) {
                  long id = next.getAndIncrement();
                  write(id);
                  say("committed " + id);
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
