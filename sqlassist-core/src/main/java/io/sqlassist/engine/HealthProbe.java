package io.sqlassist.engine;

import io.sqlassist.engine.EngineHealth.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Asks one engine's database whether it is there: one question at a time, however many want to
 * know. A database that does not answer holds one thread and one connection, not more.
 *
 * <p>Goes to the pool itself, without gate, listeners and instruments: the check is no work of the
 * application's.
 */
final class HealthProbe {

  /** A question under way; answered with why it failed, or with null. */
  private static final class Question {
    private final DataSource source;
    private final long beginNanos = System.nanoTime();
    private final CompletableFuture<Optional<Throwable>> answer = new CompletableFuture<>();
    private volatile boolean connected;

    Question(DataSource source) {
      this.source = source;
    }
  }

  /** What came out, with the failure that may be told to observers only. */
  record Finding(EngineHealth health, @Nullable Throwable failure) {}

  private final Engine engine;
  private @Nullable Question asked;
  private @Nullable Problem told;

  HealthProbe(Engine engine) {
    this.engine = engine;
  }

  /** Begins to ask, unless somebody is asking already. Does not wait. */
  void begin(Duration limit) {
    if (!engine.state().isUp()) {
      return;
    }
    DataSource source;
    try {
      source = engine.dataSource();
    } catch (EngineDownException e) {
      return; // it went down this moment, and says so
    }
    Question question;
    synchronized (this) {
      Question before = asked;
      // A replaced pool does not answer for its successor.
      if (before != null && !before.answer.isDone() && before.source == source) {
        return;
      }
      question = new Question(source);
      asked = question;
    }
    Thread thread = new Thread(() -> ask(question, limit), "sqlassist-health-" + engine.name());
    thread.setDaemon(true);
    thread.start();
  }

  private void ask(Question question, Duration limit) {
    Throwable failure = null;
    try {
      Connection connection = question.source.getConnection();
      question.connected = true;
      try {
        if (!connection.isValid(seconds(limit))) {
          failure = new SQLException("the database did not answer on an open connection");
          engine.evict(connection);
        }
      } finally {
        connection.close();
      }
    } catch (SQLException | RuntimeException | Error e) {
      failure = failure == null ? e : failure;
    }
    question.answer.complete(Optional.ofNullable(failure));
  }

  /** JDBC knows whole seconds, and takes 0 for "for ever". */
  private static int seconds(Duration limit) {
    long rounded = limit.plusSeconds(1).minusNanos(1).toSeconds();
    return (int) Math.min(Integer.MAX_VALUE, Math.max(1, rounded));
  }

  /**
   * Waits for the answer.
   *
   * @param beginNanos when the check began; a question that is older than the limit has had its
   *     time
   */
  Finding await(long beginNanos, Duration limit) throws InterruptedException {
    Question question;
    synchronized (this) {
      question = asked;
    }
    if (!engine.state().isUp() || question == null) {
      return found(Problem.NOT_STARTED, null, beginNanos);
    }
    long now = System.nanoTime();
    long age = Math.max(now - beginNanos, now - question.beginNanos);
    long left = Math.max(0, TimeUnit.NANOSECONDS.convert(limit) - age);
    Optional<Throwable> answer;
    try {
      answer = question.answer.get(left, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return found(isBusy(question) ? Problem.BUSY : Problem.TIMED_OUT, null, beginNanos);
    } catch (ExecutionException e) {
      throw new IllegalStateException("A question is never completed exceptionally", e);
    }
    if (answer.isEmpty()) {
      return found(null, null, beginNanos);
    }
    Throwable failure = answer.get();
    if (failure instanceof EngineDownException) {
      return found(Problem.NOT_STARTED, null, beginNanos);
    }
    return found(isBusy(question) ? Problem.BUSY : Problem.FAILED, failure, beginNanos);
  }

  /** Whether others have all the connections that there may be. */
  private boolean isBusy(Question question) {
    Optional<PoolFigures> pool = engine.pool();
    return !question.connected && pool.isPresent() && pool.get().active() >= pool.get().max();
  }

  private Finding found(@Nullable Problem problem, @Nullable Throwable failure, long beginNanos) {
    return new Finding(
        new EngineHealth(
            engine.name(),
            Optional.ofNullable(problem),
            engine.options().optional(),
            engine.pool(),
            Duration.ofNanos(System.nanoTime() - beginNanos)),
        failure);
  }

  /** Whether the observers have not been told of that problem; true once for each change. */
  synchronized boolean isNews(@Nullable Problem problem) {
    boolean news = problem != null && problem != told;
    told = problem;
    return news;
  }
}
