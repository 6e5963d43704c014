package io.sqlassist.engine;

import com.zaxxer.hikari.HikariConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Values for which HikariCP would silently, or with a line in the log, take others. Loaded only
 * where HikariCP is present.
 */
final class PoolLimits {

  private static final long SHORTEST_LIFE = Duration.ofSeconds(30).toMillis();
  private static final long SHORTEST_LEAK = Duration.ofSeconds(2).toMillis();
  private static final long SHORTEST_IDLE = Duration.ofSeconds(10).toMillis();
  private static final long IDLE_MARGIN = Duration.ofSeconds(1).toMillis();

  /** What HikariCP begins with: not chosen by anybody. */
  private static final HikariConfig UNTOUCHED = new HikariConfig();

  private PoolLimits() {}

  /**
   * Refuses such values.
   *
   * @throws IllegalArgumentException if there are any; the message tells of all of them
   */
  static void check(String engine, HikariConfig pool) {
    List<String> problems = problems(pool);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "Engine '" + engine + "' has a pool with " + String.join(" Also: ", problems));
    }
  }

  private static List<String> problems(HikariConfig pool) {
    List<String> problems = new ArrayList<>();
    checkLife(pool, problems);
    checkLeaks(pool, problems);
    checkIdle(pool, problems);
    return problems;
  }

  private static void checkLife(HikariConfig pool, List<String> problems) {
    long life = pool.getMaxLifetime();
    long keepalive = pool.getKeepaliveTime();
    if (life != 0 && life < SHORTEST_LIFE) {
      problems.add(
          ms("maxLifetime", life)
              + "; HikariCP wants 30 s or more, or 0 for no end, and would take 30 minutes"
              + " instead.");
    }
    if (keepalive != UNTOUCHED.getKeepaliveTime() && keepalive != 0) {
      if (keepalive < SHORTEST_LIFE) {
        problems.add(
            ms("keepaliveTime", keepalive)
                + "; HikariCP wants 30 s or more, or 0 for none, and would switch it off.");
      } else if (life >= SHORTEST_LIFE && keepalive >= life) {
        problems.add(
            ms("keepaliveTime", keepalive)
                + ", which is not less than "
                + ms("maxLifetime", life)
                + "; HikariCP would switch it off. Make it shorter.");
      }
    }
  }

  private static void checkLeaks(HikariConfig pool, List<String> problems) {
    long leak = pool.getLeakDetectionThreshold();
    long life = pool.getMaxLifetime();
    if (leak < 0 || (leak > 0 && leak < SHORTEST_LEAK)) {
      problems.add(
          ms("leakDetectionThreshold", leak)
              + "; HikariCP wants 2 s or more, or 0 for none, and would switch it off.");
    } else if (leak > 0 && life >= SHORTEST_LIFE && leak > life) {
      problems.add(
          ms("leakDetectionThreshold", leak)
              + ", which is more than "
              + ms("maxLifetime", life)
              + "; HikariCP would switch it off. Make it shorter.");
    }
  }

  private static void checkIdle(HikariConfig pool, List<String> problems) {
    int minimum = pool.getMinimumIdle();
    int maximum = pool.getMaximumPoolSize();
    // Both are -1 as long as nobody has set them; then HikariCP takes its own.
    int size = maximum < 0 ? 10 : maximum;
    if (minimum > size) {
      problems.add(
          "minimumIdle="
              + minimum
              + ", which is more than maximumPoolSize="
              + size
              + "; HikariCP would take "
              + size
              + ". Make it smaller, or the pool larger.");
    }
    long idle = pool.getIdleTimeout();
    if (idle == 0 || idle == UNTOUCHED.getIdleTimeout()) {
      return; // nothing is idle for too long, or nobody has chosen
    }
    boolean shrinks = minimum >= 0 && minimum < size;
    long life = pool.getMaxLifetime();
    if (idle < SHORTEST_IDLE) {
      problems.add(
          ms("idleTimeout", idle)
              + "; HikariCP wants 10 s or more, or 0 for never, and would take 10 minutes"
              + " instead.");
    } else if (shrinks && life >= SHORTEST_LIFE && idle + IDLE_MARGIN > life) {
      problems.add(
          ms("idleTimeout", idle)
              + ", which is not a second less than "
              + ms("maxLifetime", life)
              + "; HikariCP would switch it off. Make it shorter.");
    }
  }

  private static String ms(String setting, long millis) {
    return setting + "=" + millis + " ms";
  }
}
