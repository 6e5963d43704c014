package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.fixture.Eventually;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.RecordingObserver;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PoolsTest {

  private static final Consumer<EngineConfig> READ_WRITE = EngineConfig::entities;
  private static final Consumer<EngineConfig> READ_ONLY = c -> c.entities().readOnly();
  private static final Consumer<EngineConfig> AUTOCOMMIT = c -> c.entities().autocommit();

  private final RecordingObserver observer = new RecordingObserver();
  private final EngineRegistry registry = EngineRegistry.create(observer);

  @AfterEach
  void close() {
    registry.close();
  }

  private static HikariDataSource pool(boolean autoCommit, boolean readOnly) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("shop-pool");
    config.setJdbcUrl(H2.url());
    config.setAutoCommit(autoCommit);
    config.setReadOnly(readOnly);
    return new HikariDataSource(config);
  }

  // pools that were handed in

  @Test
  void readOnlyPoolOfAWriterIsRefused() {
    try (HikariDataSource pool = pool(false, true)) {
      assertThatThrownBy(() -> registry.initializeEngine("writer", pool, READ_WRITE))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'writer'")
          .hasMessageContaining("'shop-pool'")
          .hasMessageContaining("readOnly=true")
          .hasMessageContaining("set readOnly=false on the pool");
    }
  }

  @Test
  void readOnlyPoolOfALoggerIsRefused() {
    try (HikariDataSource pool = pool(true, true)) {
      assertThatThrownBy(() -> registry.initializeEngine("logger", pool, AUTOCOMMIT))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'logger'");
    }
  }

  @Test
  void autocommitPoolOfAWriterIsWarnedOf() {
    try (HikariDataSource pool = pool(true, false)) {
      registry.initializeEngine("writer", pool, READ_WRITE);

      assertWarning("writer", "autoCommit=true", "round trips", "Set autoCommit=false on the pool");
    }
  }

  @Test
  void poolWithoutAutocommitOfALoggerIsWarnedOf() {
    try (HikariDataSource pool = pool(false, false)) {
      registry.initializeEngine("logger", pool, AUTOCOMMIT);

      assertWarning("logger", "autoCommit=false", "round trips", "Set autoCommit=true on the pool");
    }
  }

  @Test
  void writablePoolOfAReaderIsWarnedOf() {
    try (HikariDataSource pool = pool(true, false)) {
      registry.initializeEngine("reader", pool, READ_ONLY);

      assertWarning(
          "reader", "readOnly=false", "switched over and back", "Set readOnly=true on the pool");
    }
  }

  @Test
  void fittingPoolsAreNotWarnedOf() {
    try (HikariDataSource writer = pool(false, false);
        HikariDataSource reader = pool(true, true);
        HikariDataSource logger = pool(true, false)) {
      registry.initializeEngine("writer", writer, READ_WRITE);
      registry.initializeEngine("reader", reader, READ_ONLY);
      registry.initializeEngine("logger", logger, AUTOCOMMIT);

      assertThat(observer.warnings()).isEmpty();
    }
  }

  private void assertWarning(String engine, String setting, String effect, String fix) {
    assertThat(observer.warnings())
        .singleElement()
        .asString()
        .startsWith(engine + ": pool 'shop-pool'")
        .contains(setting)
        .contains(effect)
        .contains(fix);
  }

  // pools made from a url

  @Test
  void poolSettingsAreHikarisOwn() {
    Engine engine =
        registry.initializeEngine(
            "writer",
            c ->
                c.entities()
                    .url(H2.url())
                    .username("sa")
                    .password("")
                    .pool(pool -> pool.setMaximumPoolSize(3))
                    .pool(pool -> pool.setPoolName("mine")));

    HikariDataSource pool = (HikariDataSource) engine.dataSource();
    assertThat(pool.getMaximumPoolSize()).isEqualTo(3);
    assertThat(pool.getPoolName()).isEqualTo("mine");
    assertThat(pool.getUsername()).isEqualTo("sa");
  }

  @Test
  void poolThatIsClosedOnAnInterruptedThreadLeavesNoThreadBehind() {
    String name = "pool-" + UUID.randomUUID();
    Engine engine =
        registry.initializeEngine(
            "writer", c -> c.entities().url(H2.url()).pool(pool -> pool.setPoolName(name)));
    assertThat(threadsOf(name)).isNotEmpty();

    Thread.currentThread().interrupt();
    registry.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(((HikariDataSource) engine.dataSource()).isClosed()).isTrue();
    Eventually.until("its threads have ended", () -> threadsOf(name).isEmpty());
  }

  private static List<Thread> threadsOf(String pool) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(pool))
        .toList();
  }

  @Test
  void poolSettingsOfTheDefaultsComeFirst() {
    registry.defaults(
        c ->
            c.pool(
                pool -> {
                  pool.setMaximumPoolSize(3);
                  pool.setMinimumIdle(1);
                }));

    Engine engine =
        registry.initializeEngine(
            "writer", c -> c.entities().url(H2.url()).pool(pool -> pool.setMaximumPoolSize(5)));

    HikariDataSource pool = (HikariDataSource) engine.dataSource();
    assertThat(pool.getMaximumPoolSize()).isEqualTo(5);
    assertThat(pool.getMinimumIdle()).isEqualTo(1);
  }

  @Test
  void valueThatHikariRefusesIsRefused() {
    assertThatThrownBy(
            () ->
                registry.initializeEngine(
                    "writer",
                    c -> c.entities().url(H2.url()).pool(pool -> pool.setMaximumPoolSize(0))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot be less than 1");
  }

  @Test
  void wrongPasswordNamesTheEngine() {
    String url = H2.url();
    registry.initializeEngine("first", c -> c.entities().url(url).username("sa").password("right"));

    assertThatThrownBy(
            () ->
                registry.initializeEngine(
                    "second", c -> c.entities().url(url).username("sa").password("wrong")))
        .isInstanceOf(EngineStartException.class)
        .hasMessageContaining("'second'");
  }

  @Test
  void poolFitsTheKindWithoutFurtherSettings() {
    assertThatCode(
            () -> {
              registry.initializeEngine("w", c -> READ_WRITE.accept(c.url(H2.url())));
              registry.initializeEngine("r", c -> READ_ONLY.accept(c.url(H2.url())));
              registry.initializeEngine("l", c -> AUTOCOMMIT.accept(c.url(H2.url())));
            })
        .doesNotThrowAnyException();
    assertThat(observer.warnings()).isEmpty();
  }
}
