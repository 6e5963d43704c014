package io.sqlassist.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.find.MergedFinder;
import io.sqlassist.find.NotUniqueException;
import io.sqlassist.fixture.RecordingDataSource;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.EngineStatus;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(DatabaseKind.class)
class ShardsIT {

  private record Place(
      TestEngines engines,
      Map<String, DatabaseHandle> databases,
      Map<String, RecordingDataSource> connections) {}

  private static final Map<DatabaseKind, Place> PLACES = new EnumMap<>(DatabaseKind.class);

  private final DatabaseKind kind;
  private final Place place;
  private final List<Object> asked = new ArrayList<>();
  private final Shards shards;
  private DbSessionsContainer db;
  private ShardedSessions parcels;

  ShardsIT(DatabaseKind kind) {
    this.kind = kind;
    place = PLACES.computeIfAbsent(kind, ShardsIT::start);
    shards =
        Shards.of(
            place.engines.registry(),
            set ->
                set.engines("east", "west")
                    .chooser(
                        key -> {
                          asked.add(key);
                          return (String) key;
                        })
                    .entity(Parcel.class, Parcel::region));
  }

  private static Place start(DatabaseKind kind) {
    TestEngines engines = TestEngines.none();
    Place place = new Place(engines, new HashMap<>(), new HashMap<>());
    for (String shard : List.of("east", "west")) {
      DatabaseHandle database = kind.fresh();
      RecordingDataSource connections = new RecordingDataSource(database.dataSource());
      engines.add(
          shard, connections, EngineKind.READ_WRITE, config -> config.entities(Parcel.class));
      place.databases.put(shard, database);
      place.connections.put(shard, connections);
    }
    return place;
  }

  @AfterAll
  static void stop() {
    PLACES.values().forEach(each -> each.engines.close());
    PLACES.clear();
  }

  @BeforeEach
  void open() throws SQLException {
    for (DatabaseHandle database : place.databases.values()) {
      try (Connection connection = database.dataSource().getConnection()) {
        connection.createStatement().execute("delete from Parcel_stops");
        connection.createStatement().execute("delete from Parcel");
      }
    }
    begin();
  }

  private void begin() {
    db = place.engines.unit();
    parcels = shards.in(db);
    place.connections.values().forEach(RecordingDataSource::forget);
    asked.clear();
  }

  @AfterEach
  void close() {
    db.close();
    place.connections.values().forEach(each -> assertThat(each.inUse()).isZero());
  }

  private void store(Parcel... all) {
    for (Parcel each : all) {
      parcels.persist(each);
    }
    db.commit();
    db.close();
    begin();
  }

  private static List<Long> ids(List<Parcel> found) {
    return found.stream().map(Parcel::id).toList();
  }

  private static List<String> labels(List<Parcel> found) {
    return found.stream().map(Parcel::label).toList();
  }

  private List<String> statements(String shard) {
    return place.connections.get(shard).statements();
  }

  @Test
  void anEntityGoesToTheShardOfItsKeyAndIsRememberedThere() {
    Parcel east = new Parcel(1, "east");
    Parcel west = new Parcel(1, "west"); // the same key of the table

    assertThat(parcels.persist(east)).isEqualTo("east");
    assertThat(parcels.persist(west)).isEqualTo("west");
    asked.clear();
    assertThat(parcels.persist(east)).isEqualTo("east");
    assertThat(parcels.shardOf(east)).isEqualTo("east");
    assertThat(parcels.shardOf(west)).isEqualTo("west");
    assertThat(asked).isEmpty();
    db.commit();

    assertThat(db.session("east").find(Parcel.class, 1L)).isSameAs(east);
    assertThat(parcels.sessionForKey("west").find(Parcel.class, 1L)).isSameAs(west);
    assertThat(parcels.find(Parcel.class).list()).containsExactly(east, west);
  }

  @Test
  void aNewObjectIsOnNoShardYet() {
    assertThatThrownBy(() -> parcels.shardOf(new Parcel(1, "east")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("in no session of the shards east, west");
    assertThat(shards.shardOfKey("east")).isEqualTo("east");
  }

  @Test
  void aMovedKeyMovesNoRow() {
    store(new Parcel(1, "east"));
    Parcel moved = parcels.byId(Parcel.class, 1L).orElseThrow();
    moved.moveTo("west");

    assertThatThrownBy(() -> db.commit())
        .isInstanceOf(WrongShardException.class)
        .hasMessageContaining("Parcel belongs on shard 'west' by its key")
        .hasMessageContaining("written to 'east'");
    db.close();
    begin();
    assertThat(parcels.byId(Parcel.class, 1L)).map(Parcel::region).contains("east");
    assertThat(parcels.only("west").byId(Parcel.class, 1L)).isEmpty();
  }

  @Test
  void theSessionOfTheWrongShardRefusesTheRow() {
    db.session("east").persist(new Parcel(1, "west"));

    assertThatThrownBy(() -> db.commit()).isInstanceOf(WrongShardException.class);
    db.close();
    begin();
    assertThatThrownBy(() -> db.on("east").statelessSession().insert(new Parcel(1, "west")))
        .isInstanceOf(WrongShardException.class);
    db.close();
    begin();
    assertThat(parcels.find(Parcel.class).sumOfCounts()).isZero();
  }

  @Test
  void byIdAsksInOrderAndStopsAtTheFirstHit() {
    store(new Parcel(1, "east"), new Parcel(2, "west"));

    assertThat(parcels.byId(Parcel.class, 1L)).map(Parcel::region).contains("east");
    assertThat(statements("east")).hasSize(1);
    assertThat(statements("west")).isEmpty();
    assertThat(db.on("west").status()).isEqualTo(EngineStatus.INIT);

    assertThat(parcels.byId(Parcel.class, 2L)).map(Parcel::region).contains("west");
    assertThat(statements("east")).hasSize(2);
    assertThat(statements("west")).hasSize(1);
    assertThat(parcels.byId(Parcel.class, 3L)).isEmpty();
  }

  @Test
  void byIdAsksInTheSearchOrder() {
    store(new Parcel(1, "east"), new Parcel(1, "west"));
    ShardedSessions westFirst =
        Shards.of(
                place.engines.registry(),
                set ->
                    set.engines("east", "west")
                        .chooser(key -> (String) key)
                        .searchOrder((entity, id) -> List.of("west"))
                        .entity(Parcel.class, Parcel::region))
            .in(db);

    assertThat(westFirst.byId(Parcel.class, 1L)).map(Parcel::region).contains("west");
    assertThat(statements("east")).isEmpty();
  }

  @Test
  void whatIsLoadedStaysWithItsShard() {
    store(new Parcel(1, "east").by("Ulm"), new Parcel(1, "west").by("Bonn"));
    Parcel west = parcels.only("west").byId(Parcel.class, 1L).orElseThrow();

    assertThat(west.stops()).containsExactly("Bonn");
    west.labelled("seen");
    parcels.sessionOf(west).refresh(west);
    parcels.remove(west);
    db.commit();

    assertThat(statements("east")).isEmpty();
    assertThat(ids(parcels.find(Parcel.class).list())).containsExactly(1L);
    assertThat(parcels.only("west").find(Parcel.class).exists()).isFalse();
  }

  @Test
  void orderAndLimitHoldForAll() {
    store(
        new Parcel(1, "east").weighing(5),
        new Parcel(2, "west").weighing(1),
        new Parcel(3, "east").weighing(3),
        new Parcel(4, "west").weighing(4),
        new Parcel(5, "west").weighing(2));

    assertThat(ids(parcels.find(Parcel.class).each(f -> f.orderBy("weight")).limit(3).list()))
        .containsExactly(2L, 5L, 3L);
    assertThat(
            ids(
                parcels
                    .find(Parcel.class)
                    .each(f -> f.orderBy("weight desc"))
                    .offset(1)
                    .limit(3)
                    .list()))
        .containsExactly(4L, 3L, 5L);
    assertThat(ids(parcels.find(Parcel.class).list())).containsExactly(1L, 3L, 2L, 4L, 5L);
    assertThat(parcels.find(Parcel.class).each(f -> f.orderBy("weight desc")).first())
        .map(Parcel::id)
        .contains(1L);
    assertThat(statements("east")).allMatch(sql -> sql.contains("order by"));
  }

  @Test
  void pagesOverAllShardsNeitherOverlapNorLeaveGaps() {
    List<Parcel> all = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      all.add(new Parcel(i, i % 3 == 0 ? "east" : "west").weighing(i % 2));
    }
    store(all.toArray(Parcel[]::new));

    List<Long> seen = new ArrayList<>();
    for (int page = 0; page < 3; page++) {
      seen.addAll(
          ids(
              parcels
                  .find(Parcel.class)
                  .each(f -> f.orderBy("weight"))
                  .offset(page * 4)
                  .limit(4)
                  .list()));
    }

    assertThat(seen).containsExactly(0L, 6L, 2L, 4L, 8L, 10L, 3L, 9L, 1L, 5L, 7L, 11L);
  }

  @Test
  void textIsMergedByItsLettersOnEveryDatabase() {
    store(
        new Parcel(1, "east").labelled("b"),
        new Parcel(2, "west").labelled("A"),
        new Parcel(3, "east").labelled("ä"),
        new Parcel(4, "west").labelled("a"),
        new Parcel(5, "east").labelled("B"),
        new Parcel(6, "west").labelled("Z"));

    assertThat(labels(parcels.find(Parcel.class).each(f -> f.orderBy("label")).list()))
        .containsExactly("A", "B", "Z", "a", "b", "ä");
    assertThat(labels(parcels.find(Parcel.class).each(f -> f.orderBy("label")).limit(2).list()))
        .containsExactly("A", "B");
    assertThat(
            labels(parcels.find(Parcel.class).each(f -> f.orderBy("label desc")).limit(2).list()))
        .containsExactly("ä", "b");
  }

  @Test
  void missingValuesAndDatesAreMerged() {
    store(
        new Parcel(1, "east").due(LocalDate.of(2026, 5, 1)),
        new Parcel(2, "west"),
        new Parcel(3, "west").due(LocalDate.of(2026, 4, 1)),
        new Parcel(4, "east"));

    assertThat(ids(parcels.find(Parcel.class).each(f -> f.orderBy("due")).list()))
        .containsExactly(3L, 1L, 4L, 2L);
    assertThat(ids(parcels.find(Parcel.class).each(f -> f.orderBy("due desc")).limit(3).list()))
        .containsExactly(4L, 2L, 1L);
    assertThat(ids(parcels.find(Parcel.class).each(f -> f.orderBy("due nulls first")).list()))
        .containsExactly(4L, 2L, 3L, 1L);
  }

  @Test
  void conditionsHoldForEachShard() {
    store(
        new Parcel(1, "east").labelled("Emma").weighing(1),
        new Parcel(2, "west").labelled("EMMA").weighing(2),
        new Parcel(3, "west").labelled("else").weighing(3));

    assertThat(
            ids(
                parcels
                    .find(Parcel.class)
                    .each(f -> f.withIgnoringCase("label", "emma").orderBy("weight desc"))
                    .list()))
        .containsExactly(2L, 1L);
    assertThatThrownBy(
            () -> parcels.find(Parcel.class).each(f -> f.withIgnoringCase("label", "emma")).one())
        .isInstanceOf(NotUniqueException.class)
        .hasMessageContaining("label equal to the text given, ignoring case");
    assertThat(parcels.find(Parcel.class).each(f -> f.with("label", "else")).one())
        .map(Parcel::id)
        .contains(3L);
  }

  @Test
  void whatCanNotBeMergedRightIsRefused() {
    for (String order : List.of("label ignoring case", "token", "converted")) {
      assertThatThrownBy(() -> parcels.find(Parcel.class).each(f -> f.orderBy(order)).list())
          .as(order)
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("can't be merged in the order of '")
          .hasMessageContaining("Numbers, dates");
    }
    assertThatThrownBy(() -> parcels.find(Parcel.class).each(f -> f.limit(3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("set them on the merged finder");
    assertThat(statements("east")).isEmpty();
  }

  @Test
  @EnabledIf("isServer")
  void databasesThatSortTextDifferentlyAreNotMergedByIt() {
    Place other = PLACES.computeIfAbsent(DatabaseKind.H2, ShardsIT::start);
    try (DbSessionsContainer h2 = other.engines.unit()) {
      MergedFinder<Parcel> both =
          MergedFinder.of(List.of(h2.session("east"), db.session("east")), Parcel.class);

      assertThatThrownBy(() -> both.each(f -> f.orderBy("label")).list())
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("different kinds and sort text differently");
      assertThat(both.each(f -> f.with("id", -1).orderBy("weight")).list()).isEmpty();
      assertThat(both.each(f -> f.containing("label", "nowhere")).list()).isEmpty();
    }
  }

  boolean isServer() {
    return kind != DatabaseKind.H2;
  }

  @Test
  void numbersOfRowsAreAddedUpOnlyByName() {
    store(
        new Parcel(1, "east").weighing(2),
        new Parcel(2, "west").weighing(3),
        new Parcel(3, "west").weighing(4));

    assertThat(parcels.find(Parcel.class).limit(1).sumOfCounts()).isEqualTo(3);
    assertThat(
            parcels.onEach(
                session ->
                    session
                        .createSelectionQuery("select sum(weight) from Parcel", Long.class)
                        .getSingleResult()))
        .isEqualTo(Map.of("east", 2L, "west", 7L));
  }

  @Test
  void onlySomeShardsAreAskedIfSaid() {
    store(new Parcel(1, "east"), new Parcel(2, "west"));

    assertThat(ids(parcels.only("west").find(Parcel.class).list())).containsExactly(2L);
    assertThat(parcels.only("west").byId(Parcel.class, 1L)).isEmpty();
    assertThatThrownBy(() -> parcels.only("west").persist(new Parcel(3, "east")))
        .isInstanceOf(UnknownShardException.class);
    assertThat(statements("east")).isEmpty();
  }

  @Test
  void nothingIsOpenedBeforeItIsUsed() {
    shards.in(db).only("east");

    assertThat(db.statuses())
        .containsOnly(Map.entry("east", EngineStatus.INIT), Map.entry("west", EngineStatus.INIT));
  }

  @Test
  void twoShardsCommitWithTheUnitOrNotAtAllWhenAFlushFails() {
    store(new Parcel(1, "west").tracked("4711"));
    parcels.persist(new Parcel(2, "east"));
    parcels.persist(new Parcel(3, "west").tracked("4711")); // taken

    assertThatThrownBy(() -> db.commit()).isInstanceOf(RuntimeException.class);
    db.close();
    begin();

    assertThat(ids(parcels.find(Parcel.class).list())).containsExactly(1L);
  }
}
