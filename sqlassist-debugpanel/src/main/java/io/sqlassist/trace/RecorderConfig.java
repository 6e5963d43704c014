package io.sqlassist.trace;

import io.sqlassist.engine.PoolFigures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link Recorder}. Lives inside of the lambda that configures it.
 *
 * <p>Not thread-safe: used by the thread that makes the recorder.
 */
public final class RecorderConfig {

  private int requests = 200;
  private long bytes = 32L << 20;
  private int pinned = 20;
  private int detailedStatements = 500;
  private int listedStatements = 5_000;
  private int frames = 8;
  private Duration slowStatement = Duration.ofMillis(100);
  private Duration slowAcquire = Duration.ofMillis(50);
  private Duration heldIdle = Duration.ofMillis(100);
  private int largeResult = 1_000;
  private int autoFlushes = 10;
  private boolean maskAllBinds;
  private final List<Pattern> sensitive = new ArrayList<>();
  private final List<String> excludedPackages = new ArrayList<>();
  private final List<String> ignored = new ArrayList<>();
  private Function<Object, @Nullable Recording> recordingOf = request -> null;
  private Function<String, Optional<PoolFigures>> poolFigures = engine -> Optional.empty();

  RecorderConfig() {}

  private static int atLeast(int least, String setting, int value) {
    if (value < least) {
      throw new IllegalArgumentException(
          setting + "(" + value + ") is too small: expected at least " + least + ".");
    }
    return value;
  }

  private static Duration notNegative(String setting, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(
          setting + "(" + value + ") is negative: expected a time of zero or more.");
    }
    return value;
  }

  /**
   * How many finished traces are kept; the oldest leaves. Default 200.
   *
   * @param most at least 1
   * @return this
   */
  public RecorderConfig requests(int most) {
    requests = atLeast(1, "requests", most);
    return this;
  }

  /**
   * How much memory all traces may take, finished or not, by estimation. Default 32 MiB.
   *
   * @param most in bytes, at least 65,536
   * @return this
   */
  public RecorderConfig bytes(long most) {
    if (most < 1 << 16) {
      throw new IllegalArgumentException(
          "bytes(" + most + ") is too small: expected at least 65536.");
    }
    bytes = most;
    return this;
  }

  /**
   * How many traces may be pinned. Default 20.
   *
   * @param most 0 to allow none
   * @return this
   */
  public RecorderConfig pinned(int most) {
    pinned = atLeast(0, "pinned", most);
    return this;
  }

  /**
   * How many statements of a trace are kept with binds and call stack. Default 500.
   *
   * @param first 0 for none
   * @return this
   */
  public RecorderConfig detailedStatements(int first) {
    detailedStatements = atLeast(0, "detailedStatements", first);
    return this;
  }

  /**
   * How many statements of a trace are listed; of more, only totals are kept. Default 5,000.
   *
   * @param first 0 for none
   * @return this
   */
  public RecorderConfig listedStatements(int first) {
    listedStatements = atLeast(0, "listedStatements", first);
    return this;
  }

  /**
   * How many frames of the application's call stack are kept. Default 8; 0 looks at no stack, which
   * is faster, and finds no repeated statements.
   *
   * @param innermost most frames
   * @return this
   */
  public RecorderConfig frames(int innermost) {
    frames = atLeast(0, "frames", innermost);
    return this;
  }

  /**
   * From when on a statement is slow. Default 100 ms.
   *
   * @param from that long or longer
   * @return this
   */
  public RecorderConfig slowStatement(Duration from) {
    slowStatement = notNegative("slowStatement", from);
    return this;
  }

  /**
   * From when on the wait for a connection is slow. Default 50 ms.
   *
   * @param from that long or longer
   * @return this
   */
  public RecorderConfig slowAcquire(Duration from) {
    slowAcquire = notNegative("slowAcquire", from);
    return this;
  }

  /**
   * From when on a connection on which little happens is held too long. Default 100 ms.
   *
   * @param from that long or longer
   * @return this
   */
  public RecorderConfig heldIdle(Duration from) {
    heldIdle = notNegative("heldIdle", from);
    return this;
  }

  /**
   * From how many rows on a result is large. Default 1,000.
   *
   * @param from that many or more
   * @return this
   */
  public RecorderConfig largeResult(int from) {
    largeResult = atLeast(1, "largeResult", from);
    return this;
  }

  /**
   * How many flushes before queries of one session are not worth a finding. Default 10.
   *
   * @param most more are a flush storm
   * @return this
   */
  public RecorderConfig autoFlushes(int most) {
    autoFlushes = atLeast(0, "autoFlushes", most);
    return this;
  }

  /**
   * Masks every bind and every literal, of whatever column. Off by default, when only those of
   * columns are masked that may hold a secret.
   *
   * @return this
   */
  public RecorderConfig maskAllBinds() {
    maskAllBinds = true;
    return this;
  }

  /**
   * Names more columns that may hold a secret. Passwords, secrets, tokens, keys, credentials, cards
   * and the like are known.
   *
   * @param column found anywhere in a column's name in lower case with words separated by
   *     underscores
   * @return this
   */
  public RecorderConfig sensitive(Pattern column) {
    sensitive.add(Objects.requireNonNull(column, "column"));
    return this;
  }

  /**
   * Names more packages that are no part of the application, as a filter library's, so that call
   * stacks begin above them.
   *
   * @param prefix beginning of class names
   * @return this
   */
  public RecorderConfig excludePackage(String prefix) {
    excludedPackages.add(Objects.requireNonNull(prefix, "prefix"));
    return this;
  }

  /**
   * Leaves findings out that are known and accepted.
   *
   * @param fingerprintOrPlace a fingerprint, or a class name, or a class and its method: {@code
   *     shop.Report.rows}
   * @return this
   */
  public RecorderConfig ignore(String fingerprintOrPlace) {
    ignored.add(Objects.requireNonNull(fingerprintOrPlace, "fingerprintOrPlace"));
    return this;
  }

  /**
   * Tells which recording belongs to a request, so that it gets all units of work that are begun
   * for it. The default knows none.
   *
   * @param finder asked with the object that a unit of work has as its attribute {@code "request"};
   *     returns null if that request is not recorded
   * @return this
   */
  public RecorderConfig recordingOf(Function<Object, @Nullable Recording> finder) {
    recordingOf = Objects.requireNonNull(finder, "finder");
    return this;
  }

  /**
   * Tells how the pool of an engine stands, so that threads which wait before it are counted, too.
   * The default knows nothing, and then HikariCP itself is asked.
   *
   * @param finder asked with an engine's name, often; must neither wait nor open a connection. For
   *     a registry it is {@code name -> registry.find(name).flatMap(Engine::pool)}
   * @return this
   */
  public RecorderConfig poolFigures(Function<String, Optional<PoolFigures>> finder) {
    poolFigures = Objects.requireNonNull(finder, "finder");
    return this;
  }

  Function<String, Optional<PoolFigures>> poolFigures() {
    return poolFigures;
  }

  Function<Object, @Nullable Recording> recordingOf() {
    return recordingOf;
  }

  RecorderSettings freeze() {
    return new RecorderSettings(
        requests,
        bytes,
        pinned,
        detailedStatements,
        Math.max(detailedStatements, listedStatements),
        frames,
        slowStatement.toNanos(),
        slowAcquire.toNanos(),
        heldIdle.toNanos(),
        largeResult,
        autoFlushes,
        maskAllBinds,
        List.copyOf(sensitive),
        List.copyOf(excludedPackages),
        List.copyOf(ignored));
  }
}
