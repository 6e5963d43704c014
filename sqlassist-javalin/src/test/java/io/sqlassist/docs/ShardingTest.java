package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.SqlAssist;
import io.sqlassist.shard.ShardedSessions;
import io.sqlassist.shard.Shards;
import io.sqlassist.shard.WrongShardException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of docs/sharding.md. */
class ShardingTest {

  private Shards shards;

  @BeforeEach
  void startShards() {
    for (String shard : List.of("shelf-1", "shelf-2")) {
      SqlAssist.initializeEngine(
          shard,
          engine ->
              engine
                  .url("jdbc:h2:mem:" + shard)
                  .entities(Book.class)
                  .property("hibernate.hbm2ddl.auto", "create"));
    }
    // tag::shards[]
    Shards books =
        Shards.of(
            SqlAssist.registry(),
            set ->
                set.engines("shelf-1", "shelf-2")
                    .chooser(title -> title.toString().compareTo("N") < 0 ? "shelf-1" : "shelf-2")
                    .entity(Book.class, Book::title));
    // end::shards[]
    shards = books;
  }

  @AfterEach
  void closeShop() {
    Shop.close();
  }

  @Test
  void persistAndFind() {
    Shards books = shards;
    // tag::persist[]
    SqlAssist.useUnit(
        db -> {
          ShardedSessions sharded = books.in(db);
          sharded.persist(new Book("Emma")); // to shelf-1
          sharded.persist(new Book("Persuasion")); // to shelf-2
        }); // both commit
    // end::persist[]

    SqlAssist.useUnit(
        db -> {
          ShardedSessions sharded = books.in(db);
          // tag::find[]
          Session shelf = sharded.sessionForKey("Emma"); // one database, and all of Hibernate

          Optional<Book> one = sharded.byId(Book.class, 1); // asks one after the other

          List<Book> page =
              sharded
                  .find(Book.class)
                  .each(each -> each.containing("title", "a").orderBy("title desc"))
                  .limit(20)
                  .list();

          Map<String, Long> counts =
              sharded.onEach(
                  session ->
                      session
                          .createSelectionQuery("select count(*) from Book", Long.class)
                          .getSingleResult());
          // end::find[]
          assertThat(shelf).isSameAs(db.session("shelf-1"));
          assertThat(one).map(Book::title).contains("Emma");
          assertThat(page).extracting(Book::title).containsExactly("Persuasion", "Emma");
          assertThat(counts).isEqualTo(Map.of("shelf-1", 1L, "shelf-2", 1L));
          assertThat(sharded.shardOf(page.get(0))).isEqualTo("shelf-2");

          page.get(0).rename("A Persuasion");
          assertThatThrownBy(db::commit).isInstanceOf(WrongShardException.class);
        });
  }
}
