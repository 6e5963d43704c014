package io.sqlassist.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineDownException;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.UnknownEngineException;
import io.sqlassist.find.MergedFinder;
import io.sqlassist.fixture.Door;
import io.sqlassist.fixture.Eventually;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.SharedPolicy;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.transaction.Outcome;
import io.sqlassist.transaction.PartialCommitException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShardsTest {

  private final TestEngines engines = TestEngines.none();
  private final EngineRegistry registry = engines.registry();

  @BeforeEach
  void start() {
    for (String shard : List.of("even", "odd")) {
      engines.add(
          shard,
          DatabaseKind.H2.fresh(),
          EngineKind.READ_WRITE,
          2,
          config -> config.entities(Novel.class));
    }
    engines.add(
        "parcels", H2.dataSource(), EngineKind.READ_WRITE, config -> config.entities(Parcel.class));
  }

  @AfterEach
  void stop() {
    engines.close();
  }

  private Shards byStock() {
    return Shards.of(
        registry,
        set ->
            set.engines("even", "odd")
                .chooser(key -> (Integer) key % 2 == 0 ? "even" : "odd")
                .entity(Novel.class, Novel::getStock));
  }

  private static Novel novel(String isbn, int stock) {
    Novel novel = new Novel(isbn);
    novel.setStock(stock);
    return novel;
  }

  @Test
  void aSetThatLacksSomethingIsRefused() {
    assertThatThrownBy(
            () ->
                Shards.of(registry, set -> set.engines("even").entity(Novel.class, Novel::getIsbn)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs a chooser(...)");
    assertThatThrownBy(
            () ->
                Shards.of(
                    registry,
                    set -> set.chooser(key -> "even").entity(Novel.class, Novel::getIsbn)))
        .hasMessageContaining("needs engines(...)");
    assertThatThrownBy(
            () ->
                Shards.of(
                    registry,
                    set ->
                        set.engines("even", "even")
                            .chooser(key -> "even")
                            .entity(Novel.class, Novel::getIsbn)))
        .hasMessageContaining("each named once");
    assertThatThrownBy(() -> Shards.of(registry, set -> set.engines("even").chooser(key -> "even")))
        .hasMessageContaining("needs entity(...)");
    assertThatThrownBy(
            () ->
                Shards.of(
                    registry,
                    set ->
                        set.engines("even", "seven")
                            .chooser(key -> "even")
                            .entity(Novel.class, Novel::getIsbn)))
        .isInstanceOf(UnknownEngineException.class)
        .hasMessageContaining("even, odd");
    assertThatThrownBy(
            () ->
                Shards.of(
                    registry,
                    set ->
                        set.engines("even", "parcels")
                            .chooser(key -> "even")
                            .entity(Novel.class, Novel::getIsbn)))
        .hasMessageContaining("Engine 'parcels' does not map io.sqlassist.fixture.Novel");
  }

  @Test
  void aShardThatIsNotOfTheSetIsAnErrorThatNamesThose() {
    Shards wrong =
        Shards.of(
            registry,
            set ->
                set.engines("even", "odd")
                    .chooser(key -> "seven")
                    .searchOrder((entity, id) -> List.of("eleven"))
                    .entity(Novel.class, Novel::getStock));
    try (DbSessionsContainer db = engines.unit()) {
      ShardedSessions novels = wrong.in(db);
      assertThatThrownBy(() -> novels.persist(novel("emma", 1)))
          .isInstanceOf(UnknownShardException.class)
          .hasMessageContaining(
              "chose 'seven' for a key, which is no shard of this set. Known shards: even, odd.");
      assertThatThrownBy(() -> novels.byId(Novel.class, 1L))
          .isInstanceOf(UnknownShardException.class)
          .hasMessageContaining(
              "names 'eleven', which is no shard of this set. Known shards: even, odd.");
      assertThatThrownBy(() -> novels.session("parcels"))
          .isInstanceOf(UnknownShardException.class)
          .hasMessageContaining("There is no shard 'parcels' here. Known shards: even, odd.");
      assertThatThrownBy(() -> novels.only("odd").session("even"))
          .isInstanceOf(UnknownShardException.class)
          .hasMessageContaining("Known shards: odd.");
    }
  }

  @Test
  void anEntityThatIsNotSpreadOrHasNoKeyIsRefused() {
    Shards byIsbn =
        Shards.of(
            registry,
            set ->
                set.engines("even", "odd")
                    .chooser(key -> "even")
                    .entity(Novel.class, Novel::getIsbn));
    try (DbSessionsContainer db = engines.unit()) {
      assertThatThrownBy(() -> byIsbn.in(db).persist(new Parcel(1, "east")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("is not spread over the shards even, odd")
          .hasMessageContaining("Entities that are: Novel");
      assertThatThrownBy(() -> byIsbn.in(db).persist(new Novel(null)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Novel has no key yet");
    }
  }

  @Test
  void aCommitThatFailsAfterAnotherTellsEachShardsOutcome() {
    Shards shards = byStock();
    DbSessionsContainer db = engines.unit();
    try (db) {
      shards.in(db).persist(novel("emma", 2));
      shards.in(db).persist(novel("sense", 1));
      engines.faults("odd").fail("commit");

      assertThatThrownBy(db::commit)
          .isInstanceOfSatisfying(
              PartialCommitException.class,
              partial ->
                  assertThat(partial.report().outcomes())
                      .containsEntry("even", Outcome.COMMITTED)
                      .doesNotContainEntry("odd", Outcome.COMMITTED));
    }
    assertThat(engines.isbns("even")).containsExactly("emma");
    assertThat(engines.isbns("odd")).isEmpty();
  }

  private Shards asking(List<Object> asked, ShardChooser chooser) {
    return Shards.of(
        registry,
        set ->
            set.engines("even", "odd")
                .chooser(
                    key -> {
                      asked.add(key);
                      return chooser.shardOf(key);
                    })
                .entity(Novel.class, Novel::getStock));
  }

  @Test
  void setsThatAreMadeAgainAndAgainAddNothingToAFlush() {
    List<Object> asked = new ArrayList<>();
    WeakReference<Shards> first = new WeakReference<>(asking(asked, key -> "even"));
    for (int i = 0; i < 20; i++) {
      asking(asked, key -> "even");
    }
    try (DbSessionsContainer db = engines.unit()) {
      db.session("even").persist(novel("emma", 2));
      db.commit();
    }

    assertThat(asked).containsExactly(2);
    Eventually.until(
        "the first set is forgotten",
        () -> {
          System.gc();
          return first.get() == null;
        });
  }

  @Test
  void ofTwoSetsOfAnEntityTheLaterOneDecides() {
    Shards earlier = asking(new ArrayList<>(), key -> "odd");
    asking(new ArrayList<>(), key -> "even");

    try (DbSessionsContainer db = engines.unit()) {
      earlier.in(db).session("odd").persist(novel("emma", 2));
      assertThatThrownBy(db::commit).isInstanceOf(WrongShardException.class);
    }
    try (DbSessionsContainer db = engines.unit()) {
      db.session("even").persist(novel("emma", 2));
      db.commit();
    }
    assertThat(engines.isbns("even")).containsExactly("emma");
  }

  @Test
  void aShardThatIsDownTakesPartOnceItIsUp() {
    Door door = new Door(H2.dataSource());
    Engine late =
        registry.initializeEngine(
            "late", door.dataSource(), config -> config.entities(Novel.class).optional());
    Shards shards =
        Shards.of(
            registry,
            set ->
                set.engines("even", "late")
                    .chooser(key -> (Integer) key % 2 == 0 ? "even" : "late")
                    .entity(Novel.class, Novel::getStock));

    try (DbSessionsContainer db = engines.unit()) {
      shards.in(db).persist(novel("emma", 2));
      assertThatThrownBy(() -> shards.in(db).persist(novel("sense", 1)))
          .isInstanceOf(EngineDownException.class)
          .hasMessageContaining("'late'");
      db.commit();
    }
    assertThat(engines.isbns("even")).containsExactly("emma");

    door.open();
    late.reinit();
    Eventually.until("the shard is up", () -> late.state().isUp());
    late.sessionFactory().getSchemaManager().create(false);
    try (DbSessionsContainer db = engines.unit()) {
      assertThat(shards.in(db).persist(novel("sense", 1))).isEqualTo("late");
      db.commit();
      db.session("late").persist(novel("persuasion", 4));
      assertThatThrownBy(db::commit).isInstanceOf(WrongShardException.class);
    }
  }

  @Test
  void aShardThatWasDownMustMapTheEntityToo() {
    Door door = new Door(H2.dataSource());
    Engine late =
        registry.initializeEngine(
            "late", door.dataSource(), config -> config.entities(Parcel.class).optional());
    Shards shards =
        Shards.of(
            registry,
            set ->
                set.engines("even", "late")
                    .chooser(key -> "late")
                    .entity(Novel.class, Novel::getStock));
    door.open();
    late.reinit();
    Eventually.until("the shard is up", () -> late.state().isUp());

    try (DbSessionsContainer db = engines.unit()) {
      assertThatThrownBy(() -> shards.in(db).session("late"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Engine 'late' does not map io.sqlassist.fixture.Novel");
    }
  }

  @Test
  void aMergedFinderNeedsASession() {
    assertThatThrownBy(() -> MergedFinder.of(List.of(), Novel.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("There is no session");
  }

  @Test
  void shardsThatShareAPolicyEndAsOne() {
    SharedPolicy together = new SharedPolicy();
    try (TestEngines joint = TestEngines.none()) {
      for (String shard : List.of("left", "right")) {
        joint.add(
            shard,
            DatabaseKind.H2.fresh(),
            EngineKind.READ_WRITE,
            2,
            config -> config.entities(Novel.class).policy(together));
      }
      Shards shards =
          Shards.of(
              joint.registry(),
              set ->
                  set.engines("left", "right")
                      .chooser(key -> (Integer) key % 2 == 0 ? "left" : "right")
                      .entity(Novel.class, Novel::getStock));
      try (DbSessionsContainer db = joint.unit()) {
        shards.in(db).persist(novel("emma", 2));
        shards.in(db).persist(novel("sense", 1));
        db.commit();
      }
      assertThat(together.calls().stream().filter(call -> call.contains("commit"))).hasSize(1);
      assertThat(joint.isbns("left")).containsExactly("emma");
      assertThat(joint.isbns("right")).containsExactly("sense");
    }
  }
}
