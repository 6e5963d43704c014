package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.Units;
import jakarta.persistence.SharedCacheMode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a test has done is not found in a cache when it is undone. */
class SecondLevelCachesTest {

  private static final EngineRegistry REGISTRY = EngineRegistry.create();
  private static Long cached;

  @BeforeAll
  static void start() {
    TestDatabase database = H2Memory.fresh();
    REGISTRY
        .initializeEngine(
            "writer",
            engine -> {
              database.configure(engine);
              engine
                  .entities(Book.class)
                  .property("hibernate.cache.use_second_level_cache", true)
                  .property("hibernate.cache.region.factory_class", "jcache")
                  .property(
                      "hibernate.javax.cache.provider",
                      "com.github.benmanes.caffeine.jcache.spi.CaffeineCachingProvider")
                  .property("hibernate.javax.cache.missing_cache_strategy", "create")
                  .persistence(p -> p.sharedCacheMode(SharedCacheMode.ALL));
            })
        .createTables();
  }

  @AfterAll
  static void close() {
    REGISTRY.close();
  }

  static final class OfCache implements RegistrySource {
    @Override
    public EngineRegistry registry() {
      return REGISTRY;
    }
  }

  private static boolean isCached() {
    return REGISTRY.engine("writer").sessionFactory().getCache().containsEntity(Book.class, cached);
  }

  private static Book find() {
    return Units.<Book, RuntimeException>inUnit(
        REGISTRY, db -> db.writer().find(Book.class, cached));
  }

  @SqlAssistTest(registry = OfCache.class)
  static class Shared {

    @Test
    void fillsTheCache() {
      Book book = new Book("Emma");
      Units.useUnit(REGISTRY, db -> db.writer().persist(book));
      cached = book.id();
      assertThat(find()).isNotNull();
      assertThat(isCached()).isTrue();
    }
  }

  @SqlAssistTest(registry = OfCache.class, transactions = Transactions.SEPARATE)
  static class Separate extends Shared {}

  @ParameterizedTest
  @ValueSource(classes = {Shared.class, Separate.class})
  void whatATestHasLeftInTheCacheIsGoneAfterIt(Class<?> sample) {
    Kit.succeeds(sample);

    assertThat(isCached()).isFalse();
    assertThat(find()).isNull();
  }
}
