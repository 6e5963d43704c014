package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.fixture.Book;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.RecordingObserver;
import io.sqlassist.session.Units;
import jakarta.persistence.SharedCacheMode;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** All engines here share one cache, the default one of the provider. */
class SecondLevelCacheTest {

  private final EngineRegistry registry = EngineRegistry.create(new RecordingObserver());
  private Engine writer;
  private Engine other;

  @BeforeEach
  void start() {
    DataSource dataSource = H2.dataSource();
    registry.defaults(
        c -> c.entities(Book.class).property("hibernate.cache.use_second_level_cache", false));
    registry.initializeEngine(
        "schema", dataSource, c -> c.property("hibernate.hbm2ddl.auto", "create"));
    Units.useUnit(registry, db -> db.session("schema").persist(new Book(1, "one")));
    writer = registry.initializeEngine("writer", dataSource, SecondLevelCacheTest::cached);
    other = registry.initializeEngine("other", dataSource, SecondLevelCacheTest::cached);
    registry.initializeEngine("reader", dataSource, c -> cached(c).readOnly());
  }

  @AfterEach
  void close() {
    registry.close();
  }

  private static EngineConfig cached(EngineConfig config) {
    return config
        .property("hibernate.cache.use_second_level_cache", true)
        .property("hibernate.cache.use_query_cache", true)
        .property("hibernate.cache.region.factory_class", "jcache")
        .property(
            "hibernate.javax.cache.provider",
            "com.github.benmanes.caffeine.jcache.spi.CaffeineCachingProvider")
        .property("hibernate.javax.cache.missing_cache_strategy", "create")
        .persistence(p -> p.sharedCacheMode(SharedCacheMode.ALL));
  }

  private boolean isCached(Engine engine) {
    return engine.sessionFactory().getCache().containsEntity(Book.class, 1L);
  }

  private void load(String engine) {
    Units.useUnit(
        registry,
        db -> {
          assertThat(db.session(engine).find(Book.class, 1L)).isNotNull();
          db.session(engine)
              .createSelectionQuery("from Book", Book.class)
              .setCacheable(true)
              .getResultList();
        });
  }

  @Test
  void whatAWriterLoadsEntersTheSharedCache() {
    load("writer");

    assertThat(isCached(writer)).isTrue();
    assertThat(isCached(other)).isTrue();
  }

  @Test
  void whatAReaderLoadsDoesNotEnterTheSharedCache() {
    load("reader");

    assertThat(isCached(writer)).isFalse();
    assertThat(isCached(other)).isFalse();
  }

  @Test
  void readerDoesNotReadFromTheSharedCache() {
    load("writer");
    Units.useUnit(
        registry,
        db ->
            db.session("schema")
                .createMutationQuery("update Book set title='changed'")
                .executeUpdate());

    String read = Units.inUnit(registry, db -> db.session("reader").find(Book.class, 1L).title());
    String cached = Units.inUnit(registry, db -> db.session("other").find(Book.class, 1L).title());

    assertThat(read).isEqualTo("changed");
    assertThat(cached).isEqualTo("one");
  }
}
