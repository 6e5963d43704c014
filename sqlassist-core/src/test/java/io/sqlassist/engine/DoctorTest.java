package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.engine.Verification.Finding;
import io.sqlassist.engine.Verification.Severity;
import io.sqlassist.fixture.Book;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.RecordingObserver;
import jakarta.persistence.SharedCacheMode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the doctor finds on H2, and how it goes about it on any database. */
@Timeout(60)
class DoctorTest {

  private final RecordingObserver observer = new RecordingObserver();
  private final EngineRegistry registry = EngineRegistry.create(observer);

  @AfterEach
  void close() {
    registry.close();
  }

  private static String url() {
    return H2.url() + ";USER=sa";
  }

  /** Without what only an administrator may set. */
  private static String bare(String url) {
    return url.split(";", 2)[0];
  }

  private Engine writer(String url) {
    return registry.initializeEngine(
        "writer",
        c -> c.url(url).entities(Book.class).property("hibernate.hbm2ddl.auto", "create"));
  }

  /** With more time than a busy machine needs. */
  private Verification verify() {
    return registry.verify(cfg -> cfg.timeLimit(Duration.ofMinutes(2)));
  }

  private Verification verifyAt(Clock clock) {
    return new Doctor(
            registry.names().stream().map(registry::engine).toList(),
            new VerificationConfig().timeLimit(Duration.ofMinutes(2)),
            clock)
        .verify(observer);
  }

  private static List<String> checks(Verification verification) {
    return verification.findings().stream()
        .map(each -> each.severity() + " " + each.engine() + " " + each.check())
        .toList();
  }

  private static Finding only(Verification verification) {
    assertThat(verification.findings()).hasSize(1);
    return verification.findings().get(0);
  }

  @Test
  void enginesThatFitTheirDatabasesAreSaidToBeSound() {
    writer(url());

    Verification verification = verify();

    assertThat(verification.findings()).isEmpty();
    assertThat(verification.isSound()).isTrue();
    assertThat(verification).hasToString("Engines [writer]: nothing found.");
    assertThat(observer.warnings()).isEmpty();
  }

  @Test
  void registryWithoutEnginesIsSound() {
    assertThat(verify().isSound()).isTrue();
  }

  @Test
  void readerWhoseUserMayWriteIsAWarning() {
    String url = url();
    writer(url);
    registry.initializeEngine("reader", c -> c.url(url).readOnly().entities(Book.class));

    Verification verification = verify();

    Finding finding = only(verification);
    assertThat(finding.toString())
        .startsWith(
            "WARNING reader, rights: it is read-only, but its user may write to tables Book")
        .contains("doWork")
        .endsWith("Use a user that may only SELECT.");
    assertThat(verification.isSound()).isFalse();
    assertThat(verification.of("writer")).isEmpty();
    assertThat(verification.of("reader")).containsExactly(finding);
    assertThat(verification.of(Severity.WARNING)).containsExactly(finding);
    assertThat(observer.warnings()).singleElement().asString().contains("reader: rights: it is");
  }

  @Test
  void rightsThatH2HidesAreSaidToBeUnchecked() throws SQLException {
    String url = H2.url();
    writer(url + ";USER=sa");
    execute(H2.dataSource(url), "create user r password 'x'", "grant select on schema public to r");
    registry.initializeEngine(
        "reader",
        c -> c.url(bare(url)).username("r").password("x").readOnly().entities(Book.class));

    assertThat(only(verify()).toString())
        .startsWith("NOT_CHECKED reader, rights: its user can't see all of its own rights");
  }

  @Test
  void rightsThatAreSeenOnH2Count() throws SQLException {
    String url = H2.url();
    writer(url + ";USER=sa");
    execute(
        H2.dataSource(url),
        "create user r password 'x'",
        "grant select, delete on Book to r",
        "grant select on Book_tags to public",
        "grant insert on Book_tags to public");
    registry.initializeEngine(
        "reader",
        c -> c.url(bare(url)).username("r").password("x").readOnly().entities(Book.class));

    assertThat(only(verify()).toString()).startsWith("WARNING reader, rights:");
  }

  @Test
  void tableThatIsNotThereIsAWarning() {
    registry.initializeEngine("writer", c -> c.url(url()).entities(Novel.class));

    assertThat(only(verify()).toString())
        .startsWith("WARNING writer, rights: there is no table Novel")
        .contains("migrations");
  }

  @Test
  void writerOnFilesThatCantBeWrittenIsAnError(@TempDir Path directory) throws SQLException {
    String url = "jdbc:h2:file:" + directory.resolve("db");
    execute(H2.dataSource(url), "create table x(id int)");
    registry.initializeEngine("writer", c -> c.url(url + ";ACCESS_MODE_DATA=r;USER=sa").entities());
    registry.initializeEngine(
        "reader", c -> c.url(url + ";ACCESS_MODE_DATA=r;USER=sa").entities().readOnly());

    assertThat(only(verify()).toString())
        .startsWith("ERROR writer, role: it writes, but the database refuses that: readonly()");
  }

  @Test
  void poolInAnotherModeThanTheEnginesIsAWarning() {
    try (HikariDataSource pool = pool(H2.url(), 3)) {
      registry.initializeEngine("writer", pool, c -> c.entities());

      assertThat(only(verify()).toString())
          .contains("WARNING writer, autocommit:", "autoCommit=true", "Set autoCommit=false");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "TRANSACTION_READ_UNCOMMITTED, false, WARNING",
    "TRANSACTION_READ_UNCOMMITTED, true, WARNING",
    "TRANSACTION_SERIALIZABLE, false, NOTE",
    "TRANSACTION_SERIALIZABLE, true,",
    "TRANSACTION_READ_COMMITTED, false,",
    "TRANSACTION_REPEATABLE_READ, false,"
  })
  void isolationThatSurprisesIsFound(String level, boolean readOnly, Severity severity) {
    registry.initializeEngine(
        "e",
        c -> {
          c.url(url()).entities().pool(pool -> pool.setTransactionIsolation(level));
          if (readOnly) {
            c.readOnly();
          }
        });

    Verification verification = verify();

    if (severity == null) {
      assertThat(verification.findings()).isEmpty();
    } else {
      assertThat(checks(verification)).containsExactly(severity + " e isolation");
    }
  }

  @Test
  void writersOfOneServerWithDifferentIsolationAreNoted() {
    String url = url();
    registry.initializeEngine("a", c -> c.url(url).entities());
    registry.initializeEngine(
        "b",
        c ->
            c.url(url)
                .entities()
                .pool(pool -> pool.setTransactionIsolation("TRANSACTION_REPEATABLE_READ")));
    registry.initializeEngine("elsewhere", c -> c.url(url()).entities());

    assertThat(only(verify()).toString())
        .startsWith(
            "NOTE b, isolation: its transactions have another isolation level than those"
                + " of 'a'");
  }

  private static EngineConfig cached(EngineConfig config) {
    return config
        .entities(Book.class)
        .property("hibernate.cache.use_second_level_cache", true)
        .property("hibernate.cache.region.factory_class", "jcache")
        .property(
            "hibernate.javax.cache.provider",
            "com.github.benmanes.caffeine.jcache.spi.CaffeineCachingProvider")
        .property("hibernate.javax.cache.missing_cache_strategy", "create")
        .persistence(p -> p.sharedCacheMode(SharedCacheMode.ALL));
  }

  @Test
  void entityThatIsCachedHereAndWrittenThereIsAWarning() {
    DataSource dataSource = H2.dataSource();
    registry.initializeEngine(
        "writer", dataSource, c -> cached(c).property("hibernate.hbm2ddl.auto", "create"));
    registry.initializeEngine("jobs", dataSource, c -> c.entities(Book.class));
    registry.initializeEngine("other", H2.dataSource(), c -> c.entities());

    assertThat(verify().findings().stream().filter(f -> f.check().equals("cache")))
        .singleElement()
        .asString()
        .contains("WARNING writer, cache: it keeps [" + Book.class.getName() + "]", "'jobs'");
  }

  @Test
  void cacheThatIsSetForAReaderIsNoted() {
    String url = url();
    writer(url);
    registry.initializeEngine("reader", c -> cached(c.url(url)).readOnly());

    assertThat(checks(verify())).containsExactly("WARNING reader rights", "NOTE reader cache");
    assertThat(observer.warnings()).hasSize(1); // notes are for the report only
  }

  @ParameterizedTest
  @CsvSource({"PT2.5S, behind", "PT-2.5S, ahead", "PT1.5S,", "PT-1.5S,"})
  void clockThatDiffersIsAWarning(Duration ahead, String expected) {
    registry.initializeEngine("writer", c -> c.url(url()).entities());

    Verification verification = verifyAt(Clock.offset(Clock.systemUTC(), ahead));

    if (expected == null) {
      assertThat(verification.findings()).isEmpty();
    } else {
      assertThat(only(verification).toString())
          .contains("WARNING writer, clock: the database's clock is 2", expected, "NTP");
    }
  }

  @Test
  void slowWayToTheDatabaseIsNoDifferenceOfClocks() {
    registry.initializeEngine("writer", c -> c.url(url()).entities());
    Instant begin = Instant.now();
    Clock slow =
        new Clock() {
          private int calls;

          @Override
          public Instant instant() { // 30 seconds before, and 30 after the database looked
            return begin.plusSeconds(calls++ % 2 == 0 ? -30 : 30);
          }

          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }
        };

    assertThat(verifyAt(slow).findings()).isEmpty();
  }

  @Test
  void sessionInAnotherTimeZoneIsAWarning() {
    int here = ZoneId.systemDefault().getRules().getOffset(Instant.now()).getTotalSeconds();
    String there = ZoneOffset.ofTotalSeconds(here > 0 ? here - 7200 : here + 7200).getId();
    String sql = "set time zone '" + (there.equals("Z") ? "+00:00" : there) + "'";
    registry.initializeEngine(
        "writer", c -> c.url(url()).entities().pool(pool -> pool.setConnectionInitSql(sql)));
    registry.initializeEngine(
        "careful",
        c ->
            c.url(url())
                .entities()
                .property("hibernate.jdbc.time_zone", "UTC")
                .pool(pool -> pool.setConnectionInitSql(sql)));

    assertThat(only(verify()).toString())
        .contains("WARNING writer, time zone:", there, "hibernate.jdbc.time_zone");
  }

  @Test
  void databaseThatIsDownIsAnErrorAndTheOthersAreLookedAt() {
    AtomicReference<SQLException> down = new AtomicReference<>();
    registry.initializeEngine(
        "a",
        with(
            (connection, method) -> {
              if (down.get() != null) {
                throw new IllegalStateException(down.get());
              }
              return null;
            }),
        c -> c.entities());
    registry.initializeEngine(
        "b",
        c ->
            c.url(url())
                .entities()
                .pool(pool -> pool.setTransactionIsolation("TRANSACTION_READ_UNCOMMITTED")));
    down.set(new SQLException("refused jdbc:postgresql://shop:S3CRET@db/shop."));

    Verification verification = verify();

    assertThat(checks(verification)).containsExactly("ERROR a reachable", "WARNING b isolation");
    assertThat(verification.toString() + observer.warnings())
        .contains("could not be reached", "refused jdbc:postgresql://shop:***@db/shop")
        .doesNotContain("S3CRET");
  }

  @Test
  void checkThatCouldNotBeMadeSaysSoAndTheOthersGoOn() {
    registry.initializeEngine(
        "writer",
        failing("readonly()", new SQLException("no right\n to ask")),
        c -> c.entities().property("hibernate.jdbc.time_zone", "UTC"));

    Verification verification = verifyAt(Clock.offset(Clock.systemUTC(), Duration.ofHours(1)));

    assertThat(checks(verification))
        .containsExactly(
            "WARNING writer autocommit", "WARNING writer clock", "NOT_CHECKED writer role");
    assertThat(verification.of(Severity.NOT_CHECKED))
        .singleElement()
        .asString()
        .contains("it could not be found out: no right to ask");
    assertThat(observer.warnings()).anySatisfy(each -> assertThat(each).contains("found out"));
  }

  @Test
  void unknownDatabaseIsSaidToBeUnchecked() {
    AtomicReference<String> product = new AtomicReference<>("H2");
    registry.initializeEngine(
        "writer",
        with(
            (connection, method) ->
                method.equals("getMetaData") ? metaData(connection, product.get()) : null),
        c -> c.entities());
    product.set("Nonesuch DB");

    assertThat(checks(verify()))
        .containsExactly("WARNING writer autocommit", "NOT_CHECKED writer database");
  }

  @Test
  void engineThatDoesNotHandOutAConnectionIsGivenUpAfterTheTimeLimit() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    AtomicReference<Boolean> blocks = new AtomicReference<>(false);
    registry.initializeEngine(
        "writer",
        with(
            (connection, method) -> {
              if (connection == null && blocks.get()) {
                try {
                  never.await();
                } catch (InterruptedException e) {
                  ended.countDown();
                  throw new IllegalStateException(e);
                }
              }
              return null;
            }),
        c -> c.entities());
    blocks.set(true);

    Verification verification = registry.verify(cfg -> cfg.timeLimit(Duration.ofMillis(50)));

    assertThat(only(verification).toString())
        .startsWith("ERROR writer, reachable: no answer within 50 ms");
    assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void howAnEngineFailsAfterItWasGivenUpIsNoFinding() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    AtomicReference<Boolean> blocks = new AtomicReference<>(false);
    Engine engine =
        registry.initializeEngine(
            "writer",
            with(
                (connection, method) -> {
                  if (connection == null && blocks.get()) {
                    asked.countDown();
                    try {
                      new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                  }
                  return null;
                }),
            c -> c.entities());
    blocks.set(true);
    Examination examination = new Examination(engine, new VerificationConfig(), Clock.systemUTC());
    Thread thread = new Thread(examination);
    thread.start();
    assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();

    examination.stop(thread, false);
    thread.join();

    assertThat(examination.findings())
        .singleElement()
        .asString()
        .startsWith("ERROR writer, reachable: no answer within");
  }

  @Test
  void connectionThatDoesNotAnswerIsCutOff() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch aborted = new CountDownLatch(1);
    CountDownLatch back = new CountDownLatch(1);
    AtomicReference<Boolean> blocks = new AtomicReference<>(false);
    Engine engine =
        registry.initializeEngine(
            "writer",
            with(
                (connection, method) -> {
                  if (!blocks.get()) {
                    return null;
                  }
                  if (method.equals("abort")) {
                    aborted.countDown();
                    return connection;
                  }
                  if (method.equals("close")) {
                    back.countDown();
                  } else if (method.equals("prepareStatement")) {
                    asked.countDown();
                    awaitEvenIfInterrupted(aborted); // as a driver that reads from the network
                    throw new IllegalStateException("aborted");
                  }
                  return null;
                }),
            c -> c.entities());
    blocks.set(true);
    Examination examination = new Examination(engine, new VerificationConfig(), Clock.systemUTC());
    Thread thread = new Thread(examination);
    thread.start();
    assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();

    examination.stop(thread, false); // as verify() does when the time is over

    assertThat(examination.findings())
        .anySatisfy(
            each -> {
              assertThat(each.severity()).isEqualTo(Severity.NOT_CHECKED);
              assertThat(each.what()).contains("no answer within 10000 ms");
            });
    assertThat(back.await(60, TimeUnit.SECONDS)).isTrue();
    thread.join();
  }

  @Test
  void callerThatIsInterruptedGetsWhatThereIsAndStaysInterrupted() {
    CountDownLatch never = new CountDownLatch(1);
    AtomicReference<Boolean> blocks = new AtomicReference<>(false);
    registry.initializeEngine(
        "writer",
        with(
            (connection, method) -> {
              if (connection == null && blocks.get()) {
                try {
                  never.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              }
              return null;
            }),
        c -> c.entities());
    blocks.set(true);

    Thread.currentThread().interrupt();
    Verification verification = verify();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(only(verification).toString())
        .startsWith("NOT_CHECKED writer, reachable: verify() was interrupted before");
  }

  @Test
  void checkThatDiesOfAnErrorIsAnErrorAndTheOthersGoOn() {
    AtomicReference<Boolean> dies = new AtomicReference<>(false);
    registry.initializeEngine(
        "writer",
        with(
            (connection, method) -> {
              if (dies.get() && method.equals("getTransactionIsolation")) {
                throw new NoSuchMethodError("of the driver");
              }
              return null;
            }),
        c -> c.entities().property("hibernate.jdbc.time_zone", "UTC"));
    dies.set(true);

    Verification verification = verifyAt(Clock.offset(Clock.systemUTC(), Duration.ofHours(1)));

    assertThat(verification.of(Severity.ERROR))
        .extracting(Finding::toString)
        .anySatisfy(
            each ->
                assertThat(each)
                    .startsWith(
                        "ERROR writer, isolation: the check died of NoSuchMethodError: of the"
                            + " driver. Look whether the versions"));
    assertThat(checks(verification)).contains("WARNING writer clock");
    assertThat(verification.isSound()).isFalse();
  }

  @Test
  void errorBeforeTheFirstCheckIsAnError() {
    AtomicReference<Boolean> dies = new AtomicReference<>(false);
    registry.initializeEngine(
        "writer",
        with(
            (connection, method) -> {
              if (dies.get() && connection == null) {
                throw new StackOverflowError();
              }
              return null;
            }),
        c -> c.entities());
    dies.set(true);

    Verification verification = verify();

    assertThat(only(verification).toString())
        .startsWith("ERROR writer, reachable: the check died of StackOverflowError");
    assertThat(verification.isSound()).isFalse();
  }

  @Test
  void connectionGoesBackInTheModeItCameIn() {
    List<String> calls = new ArrayList<>();
    registry.initializeEngine(
        "writer",
        with(
            (connection, method) -> {
              calls.add(method);
              return null;
            }),
        c -> c.entities());
    calls.clear();
    AtomicReference<Connection> last = new AtomicReference<>();
    EngineRegistry other = EngineRegistry.create(observer);
    other.initializeEngine(
        "manual",
        with(
            (connection, method) -> {
              if (connection != null && method.equals("close")) {
                last.set(connection);
                try {
                  assertThat(connection.getAutoCommit()).isFalse();
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              }
              return null;
            },
            false),
        c -> c.entities());

    assertThat(verify().of("writer")).extracting(Finding::check).containsOnly("autocommit");
    assertThat(other.verify().findings()).isEmpty();
    other.close();

    assertThat(calls).endsWith("close").doesNotContain("setAutoCommit", "commit", "rollback");
    assertThat(last.get()).isNotNull();
  }

  @Test
  void observersAreToldNothingOnRequest() {
    registry.initializeEngine("writer", c -> c.url(url()).entities(Novel.class));

    Verification verification = registry.verify(VerificationConfig::quietly);

    assertThat(verification.isSound()).isFalse();
    assertThat(observer.warnings()).isEmpty();
  }

  @Test
  void reportIsInTheOrderOfTheEnginesTheWorstFirst() {
    String url = url();
    writer(url);
    registry.initializeEngine("reader", c -> cached(c.url(url)).readOnly());
    registry.initializeEngine("another", c -> c.url(url()).entities(Novel.class));

    assertThat(verify().toString().lines().map(line -> line.split(":", 2)[0]))
        .containsExactly(
            "Engines [writer, reader, another]",
            "  WARNING reader, rights",
            "  NOTE reader, cache",
            "  WARNING another, rights");
  }

  @ParameterizedTest
  @CsvSource({"PT0S, PT1S, timeLimit", "PT1S, PT-1S, clockDifference"})
  void limitsMustBeLongerThanNothing(Duration timeLimit, Duration difference, String setting) {
    assertThatThrownBy(
            () -> registry.verify(cfg -> cfg.timeLimit(timeLimit).clockDifference(difference)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(setting);
  }

  private static HikariDataSource pool(String url, int size) {
    HikariConfig settings = new HikariConfig();
    settings.setJdbcUrl(url);
    settings.setUsername("sa");
    settings.setMaximumPoolSize(size);
    return new HikariDataSource(settings);
  }

  private static void execute(DataSource dataSource, String... statements) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  private static void awaitEvenIfInterrupted(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static DataSource failing(String sql, SQLException failure) {
    DataSource target = H2.dataSource();
    return proxy(
        DataSource.class,
        target,
        (method, args) ->
            method.equals("getConnection")
                ? proxy(
                    Connection.class,
                    connectionOf(target),
                    (call, parameters) -> {
                      if (call.equals("prepareStatement")
                          && parameters[0].toString().contains(sql)) {
                        throw new Sneaky(failure);
                      }
                      return null;
                    })
                : null);
  }

  private static DataSource with(BiFunction<Connection, String, Object> calls) {
    return with(calls, true);
  }

  /**
   * A data source that asks first: with null for a connection itself, else with each call on one.
   * What is answered is returned instead; null lets the call pass.
   */
  private static DataSource with(BiFunction<Connection, String, Object> calls, boolean autoCommit) {
    DataSource target = H2.dataSource();
    return proxy(
        DataSource.class,
        target,
        (method, args) -> {
          if (!method.equals("getConnection")) {
            return null;
          }
          if (calls.apply(null, method) != null) {
            throw new IllegalStateException("Nothing can be answered instead of a connection");
          }
          Connection connection = connectionOf(target);
          try {
            connection.setAutoCommit(autoCommit);
          } catch (SQLException e) {
            throw new Sneaky(e);
          }
          return proxy(
              Connection.class, connection, (call, parameters) -> calls.apply(connection, call));
        });
  }

  private static Connection connectionOf(DataSource dataSource) {
    try {
      return dataSource.getConnection();
    } catch (SQLException e) {
      throw new Sneaky(e);
    }
  }

  private static DatabaseMetaData metaData(Connection connection, String product) {
    try {
      return proxy(
          DatabaseMetaData.class,
          connection.getMetaData(),
          (method, args) -> method.equals("getDatabaseProductName") ? product : null);
    } catch (SQLException e) {
      throw new Sneaky(e);
    }
  }

  private static final class Sneaky extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Sneaky(SQLException cause) {
      super(cause);
    }
  }

  private static <T> T proxy(
      Class<T> type, T target, BiFunction<String, Object[], Object> instead) {
    return type.cast(
        Proxy.newProxyInstance(
            DoctorTest.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, args) -> {
              try {
                Object answer = instead.apply(method.getName(), args);
                if (answer != null) {
                  return method.getReturnType() == void.class ? null : answer;
                }
                return method.invoke(target, args);
              } catch (Sneaky e) {
                throw e.getCause();
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            }));
  }
}
