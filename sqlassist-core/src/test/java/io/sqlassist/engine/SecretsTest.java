package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.LogCapture;
import io.sqlassist.fixture.RecordingDataSource;
import io.sqlassist.fixture.RecordingObserver;
import io.sqlassist.observe.LoggingObserver;
import io.sqlassist.observe.Observer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The word {@code S3CRET} must not appear anywhere. */
class SecretsTest {

  private static final String SECRET = "S3CRET";

  static final List<String> URLS =
      List.of(
          "jdbc:postgresql://shop:S3CRET@db.example/shop",
          "jdbc:postgresql://shop:S3CRET@db.example:5432/shop?ssl=true",
          "jdbc:postgresql://db.example/shop?user=shop&password=S3CRET",
          "jdbc:postgresql://db.example/shop?password=S3CRET&user=shop",
          "jdbc:postgresql://db.example/shop?sslpassword=S3CRET",
          "jdbc:postgresql://shop:a/S3CRET@db.example/shop",
          "jdbc:postgresql://shop:a@S3CRET@db.example/shop",
          "jdbc:postgresql://shop:a:S3CRET@db.example/shop",
          "jdbc:postgresql://:S3CRET@db.example/shop",
          "jdbc:postgresql://shop:p%40S3CRET@db.example/shop",
          "jdbc:h2:mem:shop;USER=sa;PASSWORD=S3CRET",
          "jdbc:h2:mem:shop;PASSWORD=S3CRET;DB_CLOSE_DELAY=-1",
          "jdbc:h2:file:./shop;CIPHER=AES;PASSWORD=a&S3CRET",
          "jdbc:oracle:thin:shop/S3CRET@db.example:1521:shop",
          "jdbc:oracle:thin:shop/S3CRET@//db.example:1521/shop",
          "jdbc:oracle:thin:shop/\"a@S3CRET\"@db.example:1521:shop",
          "jdbc:oracle:thin:shop/a/S3CRET@db.example:1521:shop",
          "jdbc:oracle:oci:shop[proxy]/S3CRET@shop",
          "jdbc:sqlserver://db.example;user=sa;password=S3CRET;encrypt=true",
          "jdbc:sqlserver://db.example;user=sa;password={S3CRET};encrypt=true",
          "jdbc:sqlserver://db.example;user=sa;password={a;S3CRET};encrypt=true",
          "jdbc:sqlserver://db.example;user=sa;password={a}}S3CRET};encrypt=true",
          "jdbc:sqlserver://db.example;user=sa;password={a S3CRET};encrypt=true",
          "jdbc:sqlserver://db.example;accessToken=S3CRET",
          "jdbc:mysql://shop:S3CRET@db.example:3306/shop",
          "jdbc:mysql://shop:S3CRET@one.example,shop:S3CRET@two.example/shop",
          "jdbc:mysql://address=(host=db.example)(user=shop)(password=S3CRET)/shop",
          "jdbc:mysql://(host=db.example,user=shop,password=S3CRET)/shop",
          "jdbc:mysql://(host=db.example,password=a,S3CRET)/shop",
          "jdbc:mariadb:loadbalance://shop:S3CRET@one.example,two.example/shop",
          "jdbc:mariadb://db.example/shop?user=shop&password=a;S3CRET",
          "jdbc:mariadb://db.example/shop?user=shop&password=a,S3CRET",
          "jdbc:mariadb://db.example/shop?password=S3CRET&trustStorePassword=S3CRET",
          "jdbc:db2://db.example:50000/shop:user=shop;password=S3CRET;",
          "jdbc:snowflake://x.example/?private_key_pwd=S3CRET",
          "jdbc:other://db.example;Pwd = S3CRET",
          "jdbc:other://db.example?clientSecret=S3CRET",
          "jdbc:other://db.example?passphrase='a S3CRET'");

  @TempDir Path directory;
  private LogCapture log;

  @BeforeEach
  void capture() {
    log = LogCapture.of("io.sqlassist");
  }

  @AfterEach
  void stop() {
    assertThat(log.text()).doesNotContain(SECRET);
    log.close();
  }

  @ParameterizedTest
  @FieldSource("URLS")
  void urlIsShownWithoutItsPassword(String url) {
    assertThat(Secrets.mask(url, null)).doesNotContain(SECRET).contains("***");
    assertThat(Secrets.mask("Can't connect to " + url + " now", null))
        .doesNotContain(SECRET)
        .startsWith("Can't connect to jdbc:")
        .endsWith(" now");
  }

  @ParameterizedTest
  @FieldSource("URLS")
  void engineWithSuchAUrlDoesNotTellThePasswordWhenItDoesNotStart(String url) {
    RecordingObserver observer = new RecordingObserver();
    EngineRegistry registry = EngineRegistry.create(Observer.all(observer, new LoggingObserver()));

    // None of the drivers is there, or takes it, and HikariCP's message shows the URL.
    Throwable failure =
        catchThrowable(
            () ->
                registry.initializeEngine(
                    "writer",
                    c ->
                        c.entities()
                            .url(url.startsWith("jdbc:h2:") ? url.replace("h2", "none") : url)
                            .pool(
                                pool -> {
                                  pool.setInitializationFailTimeout(-1);
                                  pool.setConnectionTimeout(250);
                                  pool.setDriverClassName("org.h2.Driver");
                                })));

    assertThat(failure).isInstanceOf(EngineStartException.class);
    assertThat(everythingIn(failure)).doesNotContain(SECRET);
    assertThat(observer.started()).isEmpty();
    assertThat(observer.warnings().toString()).doesNotContain(SECRET);
  }

  @ParameterizedTest
  @ValueSource(strings = {"S3CRET", "S3CRET&x", "a S3CRET", "p@S3CRET/;,", "a%S3CRET", "${S3CRET}"})
  void passwordOfTheConfigurationIsTakenOutOfEveryFailure(String password) {
    DataSource failing =
        failing(
            new SQLException(
                "Access denied for '" + password + "'",
                new IllegalStateException("caused by password " + password)));
    SQLException suppressed = new SQLException("suppressed " + password);
    SQLException next = new SQLException("next " + password);
    AtomicReference<EngineConfig> config = new AtomicReference<>();
    EngineRegistry registry =
        EngineRegistry.create(
            new Observer() {
              @Override
              public DataSource instrument(String engine, DataSource dataSource) {
                return failing;
              }
            });

    Throwable failure =
        catchThrowable(
            () ->
                registry.initializeEngine(
                    "writer",
                    c -> {
                      config.set(c);
                      c.entities().url(H2.url()).username("sa").password(password);
                      c.pool(pool -> pool.setPassword(""));
                    }));

    assertThat(failure).isInstanceOf(EngineStartException.class).hasMessageContaining("***");
    assertThat(everythingIn(failure)).doesNotContain(SECRET);
    assertThat(config.get().toString()).doesNotContain(SECRET);
    SQLException chained = new SQLException("harmless");
    chained.addSuppressed(suppressed);
    assertThat(everythingIn(Secrets.mask(chained, password))).doesNotContain(SECRET);
    SQLException linked = new SQLException("harmless");
    linked.setNextException(next);
    assertThat(everythingIn(Secrets.mask(linked, password))).doesNotContain(SECRET);
  }

  @Test
  void failureWithoutASecretStaysAsItIs() {
    SQLException failure = new SQLException("harmless", "08001", new IllegalStateException("x"));

    assertThat(Secrets.mask(failure, SECRET)).isSameAs(failure);
  }

  @Test
  void maskedFailureKeepsTheStackTraceAndTheKind() {
    SQLException failure = new SQLException("password=" + SECRET);

    Throwable masked = Secrets.mask(failure, null);

    assertThat(masked.getStackTrace()).isEqualTo(failure.getStackTrace());
    assertThat(masked).hasMessage("java.sql.SQLException: password=***");
  }

  @Test
  void failureThatIsItsOwnCauseEnds() {
    Exception one = new Exception("password=" + SECRET);
    Exception two = new Exception("two", one);
    one.initCause(two);

    assertThat(Secrets.mask(one, null)).isNotSameAs(one);
  }

  @Test
  void runningEngineShowsNoSecret() {
    RecordingObserver observer = new RecordingObserver();
    EngineRegistry registry = EngineRegistry.create(Observer.all(observer, new LoggingObserver()));
    AtomicReference<EngineConfig> config = new AtomicReference<>();

    Engine engine =
        registry.initializeEngine(
            "reader",
            c -> {
              config.set(c);
              c.entities()
                  .url(H2.url() + ";USER=sa;PASSWORD=" + SECRET)
                  .username("sa")
                  .password(SECRET)
                  .property("app.password", SECRET);
            });
    registry.close();

    assertThat(engine.toString()).doesNotContain(SECRET);
    assertThat(engine.options().toString()).doesNotContain(SECRET).contains("app.password");
    assertThat(config.get().toString()).doesNotContain(SECRET);
    assertThat(registry.toString()).doesNotContain(SECRET);
    assertThat(observer.started().toString()).doesNotContain(SECRET);
    assertThat(observer.warnings().toString()).doesNotContain(SECRET);
  }

  @Test
  void refusedSettingDoesNotShowItsValue() {
    EngineRegistry registry = EngineRegistry.create(new LoggingObserver());

    Throwable failure =
        catchThrowable(
            () ->
                registry.initializeEngine(
                    "writer",
                    H2.dataSource(),
                    c -> c.property("hibernate.connection.password", SECRET)));

    assertThat(failure).isInstanceOf(IllegalArgumentException.class);
    assertThat(everythingIn(failure)).doesNotContain(SECRET);
  }

  @ParameterizedTest
  @FieldSource("URLS")
  void settingsWithSuchAUrlDoNotTellThePassword(String url) throws IOException {
    RecordingObserver observer = new RecordingObserver();
    EngineRegistry registry = EngineRegistry.create(Observer.all(observer, new LoggingObserver()));
    Path file = Files.writeString(directory.resolve("password"), SECRET + "\n");
    EngineSettings settings =
        EngineSettings.of(
                Map.of(
                    "sqlassist.engines.writer.url", url,
                    "sqlassist.engines.writer.pool.dataSource.password", SECRET,
                    "sqlassist.engines.writer.pool.initializationFailTimeout", "-1",
                    "sqlassist.engines.writer.pool.connectionTimeout", "250ms",
                    "sqlassist.engines.writer.entities", "none"))
            .withEnvironment(Map.of("SQLASSIST_ENGINES_WRITER_PASSWORD_FILE", file.toString()));

    Throwable refused =
        catchThrowable(
            () ->
                registry.initializeEngines(
                    settings
                        .with(Map.of("sqlassist.engines.writer.passwort", SECRET))
                        .with(Map.of("sqlassist.engines.writer.pool.password", SECRET))
                        .with(
                            Map.of("sqlassist.engines.other.hibernate.connection.password", SECRET))
                        .with(Map.of("sqlassist.engines.other.url", url))
                        .withEnvironment(Map.of("SQLASSIST_DEFAULTS_POOL_PASSWORD", SECRET))));

    assertThat(refused)
        .isInstanceOf(EngineSettingsException.class)
        .hasMessageContaining("writer.passwort")
        .hasMessageContaining("SQLASSIST_DEFAULTS_POOL_PASSWORD");
    assertThat(everythingIn(refused)).doesNotContain(SECRET);
    assertThat(settings.toString()).isEqualTo("EngineSettings[writer]");
    // No such driver, or no such host: one way or another it does not start.
    Throwable notStarted =
        catchThrowable(
            () ->
                registry.initializeEngines(
                    settings, engine -> engine.pool(pool -> pool.setJdbcUrl("jdbc:none:" + url))));
    assertThat(notStarted).isNotNull();
    assertThat(everythingIn(notStarted)).doesNotContain(SECRET);
    assertThat(observer.warnings().toString()).doesNotContain(SECRET);
  }

  @Test
  void warningOfAConnectionThatComesBackBrokenShowsNoPassword() throws SQLException {
    RecordingObserver observer = new RecordingObserver();
    DataSource target = H2.dataSource();
    EngineConnections connections =
        new EngineConnections(
            "writer",
            new EngineHost(
                "writer",
                EngineKind.READ_WRITE,
                target,
                new RecordingDataSource(target),
                null,
                observer,
                new EngineConfig("writer").poolOptions(),
                new EngineHost.Mode(true, false),
                null));
    Connection broken =
        (Connection)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, args) -> {
                  throw new SQLException("lost jdbc:postgresql://a:" + SECRET + "@b/c");
                });

    connections.closeConnection(broken);

    assertThat(observer.warnings())
        .singleElement()
        .asString()
        .startsWith("writer: a connection could not be given back clean")
        .doesNotContain(SECRET);
  }

  private static DataSource failing(SQLException failure) {
    return (DataSource)
        Proxy.newProxyInstance(
            SecretsTest.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, args) -> {
              throw failure;
            });
  }

  private static String everythingIn(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    for (Throwable t = failure; t != null; t = t.getCause()) {
      text.append('\n').append(String.valueOf(t.getMessage())).append(t.toString());
      if (t instanceof SQLException sql && sql.getNextException() != null) {
        text.append(sql.getNextException().toString());
      }
    }
    return text.toString();
  }
}
