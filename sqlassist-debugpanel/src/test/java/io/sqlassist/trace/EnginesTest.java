package io.sqlassist.trace;

import static org.assertj.core.api.Assertions.assertThat;

import bookshop.Shop;
import io.sqlassist.debugpanel.Proves;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.trace.EntityInfo.AttributeInfo;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EnginesTest {

  private static Traced shop;
  private static Engines engines;

  @BeforeAll
  static void open() {
    shop = Traced.shop(DatabaseKind.H2);
    engines = new Engines(shop.registry, shop.recorder);
    shop.unrecorded(db -> Shop.fill(db.writer(), 4, 1));
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  @Test
  @Proves("S9")
  void enginesAreDescribedWithoutSecrets() {
    List<EngineInfo> all = engines.all();

    assertThat(all).extracting(EngineInfo::name).containsExactly("writer", "reader", "audit");
    EngineInfo writer = all.get(0);
    assertThat(writer.kind()).isEqualTo("READ_WRITE");
    assertThat(writer.database()).startsWith("H2 ");
    assertThat(writer.url()).startsWith("jdbc:h2:").doesNotContain(";");
    assertThat(writer.hibernate()).startsWith("7.");
    assertThat(writer.dialect()).endsWith("H2Dialect");
    assertThat(writer.entities()).isEqualTo(3);
    assertThat(writer.settings().keySet())
        .noneMatch(each -> each.contains("password") || each.contains("url"));
  }

  private static EntityInfo entity(String name) {
    return engines.entities("writer").stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void entitiesAreDescribedAsTheyAreMapped() {
    assertThat(engines.entities("writer"))
        .extracting(EntityInfo::name)
        .containsExactly("Account", "Author", "Book");
    EntityInfo author = entity("Author");
    assertThat(author.className()).isEqualTo("bookshop.Author");
    assertThat(author.id()).isEqualTo("id");
    assertThat(author.generator()).contains("Sequence");
    AttributeInfo books =
        author.attributes().stream()
            .filter(each -> each.name().equals("books"))
            .findFirst()
            .orElseThrow();
    assertThat(books.association()).isEqualTo("ONE_TO_MANY");
    assertThat(books.target()).isEqualTo("Book");
    assertThat(books.fetch()).isEqualTo("LAZY");
    assertThat(books.cascade()).isEqualTo("all");
    assertThat(books.batchSize()).isEqualTo(1);
  }

  @Test
  void hintsSayWhatOftenCosts() {
    assertThat(entity("Account").hints()).anyMatch(each -> each.contains("a sequence could"));
    shop.recorder.store().clear();
    assertThat(entity("Author").hints()).isEmpty();
    shop.trace(db -> Shop.countBooks(db.writer()));
    assertThat(entity("Author").hints()).anyMatch(each -> each.contains("@BatchSize"));
  }

  @Test
  void poolsTellTheirFiguresWhenTheyAreSampled() {
    shop.trace(db -> Shop.authors(db.writer()));
    shop.recorder.samplePools();
    shop.recorder.samplePools();
    PoolTrace pool = shop.recorder.pools().get(0);

    assertThat(pool.engine()).isEqualTo("writer");
    assertThat(pool.pool()).isEqualTo("writer-pool");
    assertThat(pool.maxSize()).isEqualTo(4);
    assertThat(pool.samples()).hasSizeBetween(1, 2);
    assertThat(pool.samples().get(0).max()).isEqualTo(4);
    assertThat(pool.acquireP50Nanos()).isPositive();
    assertThat(pool.acquireP95Nanos()).isGreaterThanOrEqualTo(pool.acquireP50Nanos());
  }

  @Test
  void statementsAreLaidOutAndMadeRunnableForReading() {
    assertThat(SqlFormat.pretty("select a from t where b=1").lines().count()).isGreaterThan(2);
    assertThat(SqlFormat.pretty("select '" + "x".repeat(70_000) + "'")).doesNotContain("\n");
    Trace trace = shop.trace(db -> Shop.named(db.writer(), "O'Neill"));
    assertThat(SqlFormat.runnable(trace.statements().get(0))).contains("'O''Neill'");
  }
}
