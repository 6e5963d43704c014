package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.fixture.Book;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.RecordingObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Engines from text. */
class EngineSettingsTest {

  private final RecordingObserver observer = new RecordingObserver();
  private final EngineRegistry registry = EngineRegistry.create(observer);

  @AfterEach
  void close() {
    registry.close();
  }

  private static EngineSettings properties(String... keysAndValues) {
    Properties properties = new Properties();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      properties.setProperty("sqlassist." + keysAndValues[i], keysAndValues[i + 1]);
    }
    return EngineSettings.of(properties);
  }

  /** The engine {@code writer} with these settings besides a url. */
  private static EngineSettings writer(String... keysAndValues) {
    String[] all = Arrays.copyOf(keysAndValues, keysAndValues.length + 4);
    for (int i = 0; i < keysAndValues.length; i += 2) {
      all[i] = "engines.writer." + keysAndValues[i];
    }
    all[keysAndValues.length] = "engines.writer.url";
    all[keysAndValues.length + 1] = H2.url();
    all[keysAndValues.length + 2] = "defaults.entities";
    all[keysAndValues.length + 3] = "none";
    return properties(all);
  }

  private Engine start(EngineSettings settings) {
    return registry.initializeEngines(settings).get(0);
  }

  private HikariDataSource poolOf(EngineSettings settings) {
    return (HikariDataSource) start(settings).dataSource();
  }

  private List<String> problemsOf(EngineSettings settings) {
    EngineSettingsException refused =
        catchThrowableOfType(
            EngineSettingsException.class, () -> registry.initializeEngines(settings));
    assertThat(refused).isNotNull();
    assertThat(registry.names()).isEmpty();
    assertThat(observer.started()).isEmpty();
    refused.problems().forEach(each -> assertThat(refused).hasMessageContaining(each));
    return refused.problems();
  }

  @Test
  void eachKeySaysWhatTheMethodOfItsNameSays() {
    List<Engine> engines =
        registry.initializeEngines(
            properties(
                "engines.logger.url", H2.url(),
                "engines.logger.autocommit", "true",
                "engines.logger.entities", "none",
                "engines.reader.url", H2.url(),
                "engines.reader.read-only", "true",
                "engines.reader.entity-packages", "io.sqlassist.fixture",
                "engines.writer.url", H2.url(),
                "engines.writer.username", "sa",
                "engines.writer.password", "",
                "engines.writer.default", "true",
                "engines.writer.optional", "true",
                "engines.writer.autocommit", "false",
                "engines.writer.sql-comments", "true",
                "engines.writer.constraint-naming", "hibernate",
                "engines.writer.entities", Novel.class.getName() + ", " + Book.class.getName(),
                "engines.writer.owns", Book.class.getName(),
                "engines.writer.max-connections", "2",
                "engines.writer.acquire-timeout", "1500ms",
                "engines.writer.hold-budget", "PT2S",
                "engines.writer.idle-in-transaction-budget", "1 m",
                "engines.writer.pool.maximumPoolSize", "3",
                "engines.writer.pool.poolName", "shop",
                "engines.writer.pool.idleTimeout", "15s",
                "engines.writer.pool.minimumIdle", "1",
                "engines.writer.pool.registerMbeans", "true",
                "engines.writer.pool.dataSource.CACHE_SIZE", "1000",
                "engines.writer.hibernate.jdbc.batch_size", "50",
                "engines.writer.jakarta.persistence.lock.timeout", "1000"));

    assertThat(engines).extracting(Engine::name).containsExactly("logger", "reader", "writer");
    assertThat(registry.names()).containsExactly("logger", "reader", "writer");
    assertThat(registry.engine("logger").options().kind()).isEqualTo(EngineKind.AUTOCOMMIT);
    assertThat(registry.engine("logger").options().entities()).isEmpty();
    assertThat(registry.engine("reader").options().kind()).isEqualTo(EngineKind.READ_ONLY);
    assertThat(registry.engine("reader").options().entities())
        .isEqualTo(List.<Class<?>>of(Book.class, Novel.class));
    EngineOptions writer = registry.engine("writer").options();
    assertThat(writer.kind()).isEqualTo(EngineKind.READ_WRITE);
    assertThat(writer.isDefault()).isTrue();
    assertThat(writer.optional()).isTrue();
    assertThat(writer.entities()).isEqualTo(List.<Class<?>>of(Novel.class, Book.class));
    assertThat(writer.owned()).isEqualTo(List.<Class<?>>of(Book.class));
    assertThat(writer.pool().maxConnections()).hasValue(2);
    assertThat(writer.pool().acquireTimeout()).contains(Duration.ofMillis(1500));
    assertThat(writer.pool().holdBudget()).contains(Duration.ofSeconds(2));
    assertThat(writer.pool().idleInTransactionBudget()).contains(Duration.ofMinutes(1));
    assertThat(writer.properties())
        .containsEntry("hibernate.jdbc.batch_size", "50")
        .containsEntry("jakarta.persistence.lock.timeout", "1000");
    HikariDataSource pool = (HikariDataSource) registry.engine("writer").dataSource();
    assertThat(pool.getUsername()).isEqualTo("sa");
    assertThat(pool.getMaximumPoolSize()).isEqualTo(3);
    assertThat(pool.getPoolName()).isEqualTo("shop");
    assertThat(pool.getIdleTimeout()).isEqualTo(15_000);
    assertThat(pool.isRegisterMbeans()).isTrue();
    assertThat(pool.getConnectionTimeout()).isEqualTo(1500);
    assertThat(pool.getDataSourceProperties()).containsEntry("CACHE_SIZE", "1000");
  }

  @Test
  void everySettingOfTheCodeHasAKeyUnlessItTakesAnObject() {
    Set<String> inText =
        EngineKeys.known().stream()
            .filter(key -> !key.contains("."))
            .map(
                key ->
                    switch (key) {
                      case EngineKeys.DEFAULT -> "make-default";
                      case EngineKeys.TENANT -> "for-tenant";
                      default -> key;
                    })
            .collect(Collectors.toCollection(TreeSet::new));
    inText.removeAll(
        Set.of(EngineKeys.ROLE, EngineKeys.DATA_SOURCE, EngineKeys.PASSWORD_FILE)); // text only
    Set<String> inCode =
        Arrays.stream(EngineConfig.class.getMethods())
            .filter(method -> method.getReturnType() == EngineConfig.class)
            .map(method -> method.getName().replaceAll("([A-Z])", "-$1").toLowerCase())
            .collect(Collectors.toCollection(TreeSet::new));
    // pool.*, hibernate.*; and what takes objects. Something new? Give it a key in EngineKeys.
    inCode.removeAll(
        Set.of(
            "connections", "migrate", "on-behalf-of", "persistence", "policy", "pool", "property"));
    inCode.removeAll(Set.of("before-session", "reinit"));

    assertThat(inText).containsAll(inCode);
  }

  @Test
  void anEnginesOwnKeyGoesBeforeTheDefaults() {
    registry.initializeEngines(
        properties(
            "defaults.url", H2.url(),
            "defaults.entities", Book.class.getName(),
            "defaults.read-only", "true",
            "defaults.pool.maximumPoolSize", "7",
            "defaults.hibernate.jdbc.batch_size", "10",
            "engines.reader.pool.maximumPoolSize", "5",
            "engines.writer.read-only", "false",
            "engines.writer.hibernate.jdbc.batch_size", "20",
            "engines.writer.entity-packages", "io.sqlassist.fixture"));

    Engine reader = registry.engine("reader");
    Engine writer = registry.engine("writer");
    assertThat(reader.isReadOnly()).isTrue();
    assertThat(writer.isReadOnly()).isFalse();
    assertThat(((HikariDataSource) reader.dataSource()).getMaximumPoolSize()).isEqualTo(5);
    assertThat(((HikariDataSource) writer.dataSource()).getMaximumPoolSize()).isEqualTo(7);
    assertThat(reader.options().properties()).containsEntry("hibernate.jdbc.batch_size", "10");
    assertThat(writer.options().properties()).containsEntry("hibernate.jdbc.batch_size", "20");
    assertThat(reader.options().entities()).isEqualTo(List.<Class<?>>of(Book.class));
    assertThat(writer.options().entities()).isEqualTo(List.<Class<?>>of(Book.class, Novel.class));
  }

  @Test
  void anEnginesOwnEntitiesReplaceThePackagesOfTheDefaults() {
    Engine engine =
        start(
            properties(
                "defaults.entity-packages", "io.sqlassist.fixture",
                "engines.writer.url", H2.url(),
                "engines.writer.entities", Book.class.getName()));

    assertThat(engine.options().entities()).isEqualTo(List.<Class<?>>of(Book.class));
  }

  @Test
  void environmentGoesBeforePropertiesAndThoseBeforeTheDefaultsOfTheCode() {
    registry.defaults(
        engine ->
            engine
                .entities()
                .property("hibernate.jdbc.batch_size", 1)
                .property("hibernate.jdbc.fetch_size", 1)
                .property("hibernate.default_batch_fetch_size", 1));
    EngineSettings settings =
        properties(
                "engines.writer.url", H2.url(),
                "defaults.pool.maximumPoolSize", "5",
                "engines.writer.hibernate.jdbc.batch_size", "2",
                "engines.writer.hibernate.jdbc.fetch_size", "2")
            .withEnvironment(
                Map.of(
                    "SQLASSIST_ENGINES_WRITER_HIBERNATE_JDBC_BATCH_SIZE", "3",
                    "SQLASSIST_DEFAULTS_POOL_MAXIMUM_POOL_SIZE", "6",
                    "SQLASSIST_MODE", "dev",
                    "SQLASSIST_PORT_7070_TCP", "tcp://10.0.0.1:7070",
                    "PATH", "/bin"));

    Engine writer = start(settings);

    assertThat(writer.options().properties())
        .containsEntry("hibernate.jdbc.batch_size", "3")
        .containsEntry("hibernate.jdbc.fetch_size", "2")
        .containsEntry("hibernate.default_batch_fetch_size", 1);
    assertThat(((HikariDataSource) writer.dataSource()).getMaximumPoolSize()).isEqualTo(6);
  }

  @Test
  void anEnginesOwnPropertyGoesBeforeADefaultOfTheEnvironment() {
    EngineSettings settings =
        writer("pool.maximumPoolSize", "4")
            .withEnvironment(Map.of("SQLASSIST_DEFAULTS_POOL_MAXIMUM_POOL_SIZE", "6"));

    assertThat(poolOf(settings).getMaximumPoolSize()).isEqualTo(4);
  }

  @Test
  void whatIsAddedLaterGoesFirstAndNothingIsChanged() {
    EngineSettings first = writer("pool.maximumPoolSize", "4");
    EngineSettings second =
        first.with(Map.of("sqlassist.engines.writer.pool.maximumPoolSize", "5"));

    assertThat(poolOf(first).getMaximumPoolSize()).isEqualTo(4);
    registry.remove("writer");
    assertThat(poolOf(second).getMaximumPoolSize()).isEqualTo(5);
  }

  @Test
  void lambdaAddsWhatIsNoText() {
    List<String> names = new ArrayList<>();

    registry.initializeEngines(
        properties(
            "defaults.url", H2.url(), "engines.a.default", "true", "engines.b.optional", "false"),
        engine -> {
          names.add(engine.name());
          engine.entities(Book.class);
        });

    assertThat(names).containsExactly("a", "b"); // once each
    assertThat(registry.engine("b").options().entities()).isEqualTo(List.<Class<?>>of(Book.class));
  }

  @ParameterizedTest
  @CsvSource({
    "SQLASSIST_ENGINES_SHOP_URL, shop",
    "SQLASSIST_ENGINES_WRITER__ACME_URL, writer-acme",
    "SQLASSIST_ENGINES_A__B__C_URL, a-b-c",
    "SQLASSIST_ENGINES_POOL_URL, pool",
    "SQLASSIST_ENGINES_2_URL, 2"
  })
  void variableNamesItsEngine(String variable, String engine) {
    EngineSettings settings =
        EngineSettings.of(Map.of()).withEnvironment(Map.of(variable, H2.url()));

    assertThat(settings.names()).containsExactly(engine);
  }

  @ParameterizedTest
  @ValueSource(strings = {"writer_eu", "Writer-EU", "writer-eu"})
  void variableIsMeantForTheEngineThatPropertiesNameInFull(String engine) {
    EngineSettings settings =
        properties("engines." + engine + ".read-only", "true", "defaults.entities", "none")
            .withEnvironment(Map.of("SQLASSIST_ENGINES_WRITER__EU_URL", H2.url()));

    assertThat(start(settings).name()).isEqualTo(engine);
  }

  @Test
  void variableThatCouldMeanTwoEnginesIsRefused() {
    assertThat(
            problemsOf(
                properties(
                        "engines.writer-eu.url", H2.url(),
                        "engines.writer_eu.url", H2.url(),
                        "defaults.entities", "none")
                    .withEnvironment(Map.of("SQLASSIST_ENGINES_WRITER__EU_READ_ONLY", "true"))))
        .singleElement()
        .asString()
        .contains("SQLASSIST_ENGINES_WRITER__EU_READ_ONLY", "[writer-eu, writer_eu]");
  }

  @Test
  void everyKnownKeyIsWrittenAsAVariableOfItsOwn() {
    Map<String, String> byVariable = new TreeMap<>();
    for (String key : EngineKeys.known()) {
      assertThat(byVariable.put(EnvironmentNames.ofKey(key), key)).as(key).isNull();
    }

    assertThat(byVariable)
        .containsEntry("READ_ONLY", "read-only")
        .containsEntry("POOL_MAXIMUM_POOL_SIZE", "pool.maximumPoolSize")
        .containsEntry("HIBERNATE_HBM2DDL_AUTO", "hibernate.hbm2ddl.auto")
        .containsEntry(
            "JAKARTA_PERSISTENCE_SHARED_CACHE_MODE", "jakarta.persistence.sharedCache.mode");
  }

  @ParameterizedTest
  @CsvSource({
    "SQLASSIST_ENGINES_WRITER_POOL_MAX_POOL_SIZE, POOL_MAXIMUM_POOL_SIZE",
    "SQLASSIST_ENGINES_WRITER_READONLY, READ_ONLY",
    "SQLASSIST_DEFAULTS_USER_NAME, USERNAME",
    "SQLASSIST_ENGINES_WRITER_HIBERNATE_JDBC_BATCHSIZE, HIBERNATE_JDBC_BATCH_SIZE",
    "SQLASSIST_ENGINES_WRITER_POOL_DATA_SOURCE_PREPARE_THRESHOLD, a file of properties",
    "SQLASSIST_ENGINES_WRITER, SQLASSIST_ENGINES_<name>_<setting>",
    "SQLASSIST_ENGINE_WRITER_URL, SQLASSIST_ENGINES_",
    "SQLASSIST_DEFAULT_URL, SQLASSIST_DEFAULTS_",
    "sqlassist_engines_writer_url, SQLASSIST_ENGINES_WRITER_URL"
  })
  void variableThatIsNoneOfOursIsAnErrorThatSaysWhatIs(String variable, String cure) {
    assertThat(problemsOf(writer().withEnvironment(Map.of(variable, "S3CRET"))))
        .singleElement()
        .asString()
        .contains(variable, cure)
        .doesNotContain("S3CRET");
  }

  @ParameterizedTest
  @CsvSource({
    "readOnly, 'read-only'",
    "read_only, 'read-only'",
    "user, 'username'",
    "passwort, 'password'",
    "autoCommit, 'autocommit'",
    "acquireTimeout, 'acquire-timeout'",
    "pool.maxPoolSize, 'maximumPoolSize'",
    "pool.maximum-pool-size, 'maximumPoolSize'",
    "pool.idleTimout, 'idleTimeout'",
    "pool.password, 'password-file'",
    "pool.jdbcUrl, 'url'",
    "pool.autoCommit, 'read-only'",
    "pool.readOnly, 'read-only'",
    "pool.dataSourceJNDI, 'data-source'",
    "hibernate.jdbc.batchsize, 'hibernate.jdbc.batch_size'",
    "hibernate.jdbc.bacth_size, 'hibernate.jdbc.batch_size'",
    "hibernate.show-sql, 'hibernate.show_sql'",
    "jakarta.persistence.sharedcache.mode, 'jakarta.persistence.sharedCache.mode'",
  })
  void unknownKeyIsAnErrorThatNamesTheNearest(String key, String nearest) {
    assertThat(problemsOf(writer(key, "1")))
        .singleElement()
        .asString()
        .contains("'sqlassist.engines.writer." + key + "'", "'" + nearest + "'")
        .doesNotContain("Expected one of");
  }

  @ParameterizedTest
  @CsvSource({
    "frobnicate, idle-in-transaction-budget",
    "pool.frobnicate, leakDetectionThreshold",
    "pool.dataSource., dataSource.*",
    "hibernate.frobnicate, AvailableSettings"
  })
  void keyThatIsNearNoOtherIsAnErrorThatTellsWhereTheyAre(String key, String expected) {
    assertThat(problemsOf(writer(key, "1")))
        .singleElement()
        .asString()
        .contains("'sqlassist.engines.writer." + key + "'", expected)
        .doesNotContain("Did you mean");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hibernate.javax.cache.provider",
        "hibernate.search.backend.hosts",
        "hibernate.integration.envers.enabled",
        "hibernate.spatial.connection_finder",
        "org.hibernate.envers.audit_table_suffix",
        "hibernate.cache.infinispan.cfg",
        "hibernate.dialect.oracle.is_autonomous"
      })
  void settingsOfHibernatesExtensionsArePassedOn(String key) {
    assertThat(start(writer(key, "x")).options().properties()).containsEntry(key, "x");
  }

  @ParameterizedTest
  @CsvSource({"engine.writer.url", "engines.writer", "default.url", "writer.url", "defaults"})
  void keyThatLeadsNowhereIsRefused(String key) {
    assertThat(problemsOf(writer().with(Map.of("sqlassist." + key, "x"))))
        .singleElement()
        .asString()
        .contains("'sqlassist." + key + "'", "sqlassist.engines.<name>.<setting>");
  }

  @Test
  void otherPeoplesKeysAreLeftAlone() {
    Properties properties = new Properties();
    properties.setProperty("shop.color", "red");
    properties.setProperty("sqlassist.mode", "dev");
    properties.setProperty("sqlassist.embedded.cache", "/tmp");
    properties.setProperty("sqlassist.testing.clean", "postgres");

    assertThat(start(writer().with(properties)).name()).isEqualTo("writer");
  }

  @ParameterizedTest
  @CsvSource({
    "read-only, yes, true or false",
    "read-only, 1, true or false",
    "sql-comments, all, true or false",
    "constraint-naming, CONVENTION, 'expected one of convention, '",
    "default, '', is empty",
    "pool.registerMbeans, on, true or false",
    "max-connections, many, whole number",
    "max-connections, 0, must be 1 or more",
    "pool.maximumPoolSize, 1.5, whole number",
    "acquire-timeout, 30, unit",
    "acquire-timeout, 0s, longer than nothing",
    "acquire-timeout, -1s, time such as",
    "acquire-timeout, PT, time such as",
    "acquire-timeout, 30 fortnights, units ms",
    "acquire-timeout, 30S, units ms",
    "acquire-timeout, 1s 500ms, time such as",
    "acquire-timeout, 99999999999999999999d, longer than a time",
    "pool.connectionTimeout, 30000, 30000ms",
    "pool.maxLifetime, PT0.0005S, whole milliseconds",
    "pool.idleTimeout, PT-5S, times from 0",
    "pool.driverClassName, no.such.Driver, no.such.Driver",
    "entities, io.sqlassist.fixture.Nobody, no class",
    "entities, 'io.sqlassist.fixture.Book,', between two commas",
    "entity-packages, no.such.place, no.such.place",
    "hibernate.connection.autocommit, true, decided by SqlAssist",
    "hibernate.connection.password, S3CRET, decided by SqlAssist",
    "data-source, mine, 'application'",
    "data-source, application, data-source=application",
    "password-file, S3CRET, names no file that can be read (NoSuchFileException)",
    "data-source, 'jdbc:postgresql://shop:S3CRET@db/x', 'application'",
    "read-only, password=S3CRET, true or false",
    "owns, 'jdbc:h2:mem:x;PASSWORD=S3CRET', no class",
    "tenant, acme, 'role'",
    "role, writer, 'tenant'",
    "username, ' ', is empty",
    "autocommit, true, readOnly()"
  })
  void unusableValueIsRefusedWithTheReason(String key, String value, String reason) {
    EngineSettings settings =
        key.equals("autocommit") ? writer(key, value, "read-only", "true") : writer(key, value);
    if (key.equals("entity-packages")) { // only the class path can tell
      assertThatThrownBy(() -> registry.initializeEngines(settings)).hasMessageContaining(reason);
      assertThat(registry.names()).isEmpty();
      return;
    }

    assertThat(problemsOf(settings))
        .anySatisfy(problem -> assertThat(problem).containsIgnoringCase(reason).contains("writer"))
        .allSatisfy(problem -> assertThat(problem).doesNotContain("S3CRET"));
  }

  @ParameterizedTest
  @CsvSource({
    "500ms, 500",
    "30s, 30000",
    "2m, 120000",
    "1h, 3600000",
    "1d, 86400000",
    "PT1M5S, 65000",
    "0, 2147483647"
  })
  void timesHaveTheirUnits(String time, long millis) {
    assertThat(poolOf(writer("pool.connectionTimeout", time)).getConnectionTimeout())
        .isEqualTo(millis);
  }

  @ParameterizedTest
  @CsvSource({
    "connectionTimeout, 249ms",
    "validationTimeout, 249ms",
    "maxLifetime, 29999ms",
    "maxLifetime, -1",
    "keepaliveTime, 29s",
    "keepaliveTime, 30m",
    "leakDetectionThreshold, 1999ms",
    "leakDetectionThreshold, 31m",
    "idleTimeout, 9999ms",
    "minimumIdle, 11",
    "minimumIdle, -1",
    "maximumPoolSize, 0"
  })
  void valueThatHikariWouldReplaceIsRefused(String key, String value) {
    assertThat(problemsOf(writer("pool." + key, value)))
        .singleElement()
        .asString()
        .contains("'writer'".replace("'", ""))
        .containsIgnoringCase(key.equals("maximumPoolSize") ? "maxPoolSize" : key);
  }

  @ParameterizedTest
  @CsvSource({
    "connectionTimeout, 250ms, 250",
    "validationTimeout, 250ms, 250",
    "maxLifetime, 30s, 30000",
    "maxLifetime, 0, 0",
    "keepaliveTime, 30s, 30000",
    "keepaliveTime, 0, 0",
    "leakDetectionThreshold, 2s, 2000",
    "idleTimeout, 10s, 10000",
    "minimumIdle, 10, 10"
  })
  void valueAtTheMinimumIsTakenAsItIs(String key, String value, String taken) {
    HikariDataSource pool = poolOf(writer("pool." + key, value));

    assertThat(com.zaxxer.hikari.util.PropertyElf.getProperty(key, pool)).hasToString(taken);
  }

  @Test
  void idleTimeoutThatIsNotWellBelowTheMaximumLifetimeIsRefused() {
    assertThat(
            problemsOf(
                writer(
                    "pool.idleTimeout", "60s",
                    "pool.minimumIdle", "1",
                    "pool.maxLifetime", "60s")))
        .singleElement()
        .asString()
        .contains("idleTimeout=60000 ms", "maxLifetime=60000 ms");
  }

  @Test
  void poolOfTheCodeIsHeldToTheSameMinimums() {
    assertThatThrownBy(
            () ->
                registry.initializeEngine(
                    "writer",
                    engine ->
                        engine
                            .entities()
                            .url(H2.url())
                            .pool(
                                pool -> {
                                  pool.setMaxLifetime(5_000);
                                  pool.setLeakDetectionThreshold(1_000);
                                })))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "Engine 'writer'", "maxLifetime=5000 ms", "30 s", "leakDetectionThreshold=1000 ms");
    assertThat(registry.names()).isEmpty();
  }

  @Test
  void allErrorsOfAllSourcesAreToldAtOnce() {
    EngineSettings settings =
        properties(
                "defaults.pool.maxPoolSize", "10",
                "engines.good.url", H2.url(),
                "engines.good.entities", "none",
                "engines.late.acquire-timeout", "30",
                "engines.late.url", H2.url(),
                "engines.late.default", "true",
                "engines.nowhere.entities", "none",
                "engines.strange.url", "jdbc:nosuch://shop:S3CRET@db/shop",
                "engines.strange.default", "true",
                "engines.!x.url", H2.url())
            .withEnvironment(
                Map.of(
                    "SQLASSIST_ENGINES_GOOD_READ_ONLY", "perhaps",
                    "SQLASSIST_ENGINE_GOOD_URL", "x"));

    List<String> problems = problemsOf(settings);

    for (String each :
        List.of(
            "pool.maxPoolSize",
            "engines.late.acquire-timeout",
            "Engine 'nowhere' has no url",
            "'!x' can't be the name",
            "SQLASSIST_ENGINES_GOOD_READ_ONLY",
            "SQLASSIST_ENGINE_GOOD_URL")) {
      assertThat(problems).anySatisfy(problem -> assertThat(problem).contains(each));
    }
    assertThat(problems).noneSatisfy(problem -> assertThat(problem).contains("S3CRET"));
  }

  @Test
  void urlThatNoDriverTakesIsRefusedBeforeAnythingStarts() {
    assertThat(
            problemsOf(
                properties(
                    "defaults.entities", "none",
                    "engines.a.url", H2.url(),
                    "engines.b.url", "jdbc:nosuch://shop:S3CRET@db/shop",
                    "engines.c.url", "http://S3CRET")))
        .hasSize(2)
        .anySatisfy(problem -> assertThat(problem).contains("'b'", "jdbc:nosuch:"))
        .anySatisfy(problem -> assertThat(problem).contains("'c'", "something else"))
        .allSatisfy(problem -> assertThat(problem).doesNotContain("S3CRET"));
  }

  @Test
  void twoDefaultsAreRefused() {
    assertThat(
            problemsOf(
                properties(
                    "defaults.url", H2.url(),
                    "defaults.entities", "none",
                    "engines.a.default", "true",
                    "engines.b.default", "true")))
        .containsExactly(
            "The engines [a, b] can't all be the default. Leave 'default' to one of them.");
  }

  @Test
  void whatCantBeSoForAllEnginesIsNoDefault() {
    assertThat(problemsOf(writer().with(Map.of("sqlassist.defaults.default", "true"))))
        .singleElement()
        .asString()
        .contains("'sqlassist.defaults.default'", "for one of them");
  }

  @Test
  void twoEnginesOfOneTenantAndRoleAreRefused() {
    assertThat(
            problemsOf(
                properties(
                    "defaults.url", H2.url(),
                    "defaults.entities", "none",
                    "engines.a.tenant", "acme",
                    "engines.a.role", "writer",
                    "engines.b.tenant", "acme",
                    "engines.b.role", "writer",
                    "engines.c.tenant", "acme",
                    "engines.c.role", "a")))
        .anySatisfy(problem -> assertThat(problem).contains("'a' and 'b' are both 'writer'"))
        .anySatisfy(problem -> assertThat(problem).contains("'c' has the role 'a'"));
  }

  @Test
  void enginesOfTenantsAreFoundByRole() {
    registry.initializeEngines(
        properties(
            "defaults.url", H2.url(),
            "defaults.entities", "none",
            "defaults.role", "writer",
            "engines.writer-acme.tenant", "acme",
            "engines.writer-globex.tenant", "globex"));

    assertThat(registry.engine("writer", "globex").name()).isEqualTo("writer-globex");
  }

  @Test
  void nameThatIsTakenIsRefusedWithTheRest() {
    Engine before = registry.initializeEngine("writer", H2.dataSource(), c -> c.entities());

    assertThatThrownBy(
            () -> registry.initializeEngines(writer("engines", "1", "default", "perhaps")))
        .isInstanceOf(EngineSettingsException.class)
        .hasMessageContainingAll("'writer'", "perhaps", "writer.engines");
    assertThat(registry.engine("writer")).isSameAs(before);
  }

  @Test
  void noEngineAtAllIsAnError() {
    assertThat(problemsOf(EngineSettings.of(Map.of())))
        .singleElement()
        .asString()
        .contains("no engine", "sqlassist.engines.writer.url");
  }

  @Test
  void whereOneEngineDoesNotStartNoneIsLeft() {
    EngineSettings settings =
        properties(
            "defaults.entities",
            "none",
            "engines.a.url",
            H2.url(),
            "engines.b.url",
            H2.url() + ";IFEXISTS=TRUE"); // there is no such database

    assertThatThrownBy(() -> registry.initializeEngines(settings))
        .isInstanceOf(EngineStartException.class)
        .hasMessageContaining("'b'");

    assertThat(registry.names()).isEmpty();
    assertThat(observer.stopped()).containsExactly("a");
    assertThat(start(writer()).name()).isEqualTo("writer");
  }

  @Test
  void whatWasThereBeforeStaysWhenOthersDoNotStart() {
    registry.initializeEngine("before", H2.dataSource(), c -> c.entities());

    assertThatThrownBy(() -> registry.initializeEngines(writer("pool.connectionTimeout", "1ms")))
        .isInstanceOf(EngineSettingsException.class);

    assertThat(registry.names()).containsExactly("before");
  }

  @Test
  void codeThatSaysTheOppositeForAllEnginesIsNamed() {
    registry.defaults(EngineConfig::readOnly);

    assertThat(problemsOf(writer("read-only", "false")))
        .singleElement()
        .asString()
        .contains("'sqlassist.engines.writer.read-only'", "defaults(...)");
  }

  @Test
  void engineThatTheApplicationStartsIsLeftToIt() {
    EngineSettings settings =
        properties(
            "defaults.url", H2.url(),
            "defaults.username", "sa",
            "defaults.entities", "none",
            "defaults.acquire-timeout", "2s",
            "defaults.pool.maximumPoolSize", "3",
            "engines.ledger.data-source", "application",
            "engines.ledger.read-only", "true",
            "engines.writer.default", "true");

    registry.initializeEngines(settings);
    assertThat(registry.names()).containsExactly("writer");
    Engine ledger = registry.initializeEngine("ledger", H2.dataSource(), settings.engine("ledger"));

    assertThat(ledger.isReadOnly()).isTrue();
    assertThat(ledger.options().pool().acquireTimeout()).contains(Duration.ofSeconds(2));
    assertThat(settings.names()).containsExactly("ledger", "writer");
  }

  @Test
  void settingsOfOneEngineAreHandedOutOnlyIfAllAreRight() {
    EngineSettings settings =
        properties(
            "engines.ledger.data-source", "application",
            "engines.ledger.url", H2.url(),
            "engines.writer.acquire-timeout", "2");

    assertThatThrownBy(() -> settings.engine("ledger"))
        .isInstanceOf(EngineSettingsException.class)
        .hasMessageContainingAll("ledger.url", "data-source=application", "writer.acquire-timeout");
    assertThatThrownBy(() -> writer().engine("ledger"))
        .isInstanceOf(UnknownEngineException.class)
        .hasMessageContaining("writer");
  }

  @Test
  void fileIsReadAsUtf8(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("shop.properties");
    Files.writeString(
        file,
        """
        # comment
        sqlassist.engines.writer.url = %s
        sqlassist.engines.writer.entities = none
        sqlassist.engines.writer.pool.poolName = Bücher
        """
            .formatted(H2.url()));

    assertThat(poolOf(EngineSettings.load(file)).getPoolName()).isEqualTo("Bücher");
    assertThatThrownBy(() -> EngineSettings.load(directory.resolve("none.properties")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("none.properties");
  }

  @Test
  void settingsAreCopied() {
    Map<String, String> map = new LinkedHashMap<>();
    map.put("sqlassist.engines.writer.url", H2.url());
    EngineSettings settings = EngineSettings.of(map);

    map.put("sqlassist.engines.other.url", H2.url());

    assertThat(settings.names()).containsExactly("writer");
  }

  @Test
  void poolKeysAreThoseOfHikari() {
    Set<String> hikaris =
        new TreeSet<>(
            com.zaxxer.hikari.util.PropertyElf.getPropertyNames(
                com.zaxxer.hikari.HikariConfig.class));

    Set<String> known = new TreeSet<>(PoolKeys.known());
    known.remove("exceptionOverrideClassName"); // has no getter of its type in some versions
    assertThat(hikaris).containsAll(known);
    Set<String> left = new TreeSet<>(hikaris);
    left.removeAll(PoolKeys.known());
    left.removeIf(key -> PoolKeys.instead(key) != null);
    // Objects: no text stands for one.
    assertThat(left)
        .isSubsetOf(
            "credentials",
            "credentialsProvider",
            "dataSource",
            "dataSourceProperties",
            "exceptionOverride",
            "healthCheckProperties",
            "healthCheckRegistry",
            "metricRegistry",
            "metricsTrackerFactory",
            "scheduledExecutor",
            "threadFactory");
  }

  @Test
  void noLocaleChangesWhatAKeyMeans() {
    java.util.Locale before = java.util.Locale.getDefault();
    java.util.Locale.setDefault(java.util.Locale.forLanguageTag("tr"));
    try {
      EngineSettings settings =
          writer("pool.minimumIdle", "1")
              .withEnvironment(
                  Map.of(
                      "SQLASSIST_ENGINES_WRITER_POOL_IDLE_TIMEOUT", "15s",
                      "SQLASSIST_ENGINES_WRITER_DEFAULT", "TRUE"));

      assertThat(poolOf(settings).getIdleTimeout()).isEqualTo(15_000);
    } finally {
      java.util.Locale.setDefault(before);
    }
  }

  @Test
  void passwordComesFromAFile(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("password");
    Files.writeString(file, " pässword \n");
    Consumer<EngineConfig> nothing = config -> {};
    String url = H2.url();
    try (EngineRegistry owner = EngineRegistry.create()) {
      owner.initializeEngines(
          properties(
              "engines.owner.url",
              url,
              "engines.owner.entities",
              "none",
              "engines.owner.username",
              "sa",
              "engines.owner.password-file",
              file.toString()),
          nothing);

      Engine writer =
          start(
              properties(
                      "engines.writer.url", url,
                      "engines.writer.entities", "none",
                      "engines.writer.username", "sa",
                      "engines.writer.password", "wrong")
                  .withEnvironment(
                      Map.of("SQLASSIST_ENGINES_WRITER_PASSWORD_FILE", file.toString())));

      assertThat(((HikariDataSource) writer.dataSource()).getPassword()).isEqualTo(" pässword ");
    }
  }

  @Test
  void blanksAroundAPasswordBelongToItAndThoseAroundOtherValuesDoNot() {
    HikariDataSource pool =
        poolOf(
            properties(
                "engines.writer.url", " " + H2.url() + " ",
                "engines.writer.entities", " none ",
                "engines.writer.username", "sa ",
                "engines.writer.password", "  pass  "));

    assertThat(pool.getPassword()).isEqualTo("  pass  ");
    assertThat(pool.getUsername()).isEqualTo("sa");
  }

  @Test
  void passwordAndFileInOnePlaceAreRefused(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("password"), "x");

    assertThat(problemsOf(writer("password", "y", "password-file", file.toString())))
        .singleElement()
        .asString()
        .contains(
            "'sqlassist.engines.writer.password-file'", "'sqlassist.engines.writer.password'");
  }
}
