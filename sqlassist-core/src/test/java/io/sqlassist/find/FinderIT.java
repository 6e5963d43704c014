package io.sqlassist.find;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.fixture.RecordingDataSource;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.session.DbSessionsContainer;
import jakarta.persistence.metamodel.SingularAttribute;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import org.hibernate.Session;
import org.hibernate.query.Order;
import org.hibernate.query.SortDirection;
import org.hibernate.query.criteria.JpaRoot;
import org.hibernate.query.restriction.Restriction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(DatabaseKind.class)
class FinderIT {

  private record Place(
      DatabaseHandle database, RecordingDataSource connections, TestEngines engines) {}

  /** One database for each kind: tables are emptied, not made anew. */
  private static final Map<DatabaseKind, Place> PLACES = new HashMap<>();

  private final DatabaseKind kind;
  private final RecordingDataSource connections;
  private final TestEngines engines;
  private final DatabaseHandle database;
  private DbSessionsContainer db;

  FinderIT(DatabaseKind kind) {
    this.kind = kind;
    Place place = PLACES.computeIfAbsent(kind, FinderIT::start);
    database = place.database;
    connections = place.connections;
    engines = place.engines;
  }

  private static Place start(DatabaseKind kind) {
    DatabaseHandle database = kind.fresh();
    RecordingDataSource connections = new RecordingDataSource(database.dataSource());
    TestEngines engines = TestEngines.none();
    Class<?>[] entities = {Tome.class, Writer.class, Portrait.class, Seat.class, Drawer.class};
    engines.add("writer", connections, EngineKind.READ_WRITE, config -> config.entities(entities));
    engines.add("reader", connections, EngineKind.READ_ONLY, config -> config.entities(entities));
    return new Place(database, connections, engines);
  }

  @AfterAll
  static void stop() {
    PLACES.values().forEach(place -> place.engines.close());
    PLACES.clear();
  }

  @BeforeEach
  void open() throws SQLException {
    sql(
        "delete from Tome_tags",
        "delete from Tome",
        "delete from Portrait",
        "delete from Writer",
        "delete from Seat",
        "delete from Drawer");
    db = engines.unit();
    connections.forget();
  }

  @AfterEach
  void close() {
    db.close();
    assertThat(connections.inUse()).isZero();
  }

  private void sql(String... statements) throws SQLException {
    try (Connection connection = database.dataSource().getConnection()) {
      for (String each : statements) {
        connection.createStatement().execute(each);
      }
    }
  }

  private void store(Object... entities) {
    for (Object each : entities) {
      db.writer().persist(each);
    }
    db.commit();
    db.on("writer").close();
    connections.forget();
  }

  /** Titles to find, with keys in the order given. */
  private Finder<Tome> titled(String... titles) {
    Object[] tomes = new Object[titles.length];
    for (int i = 0; i < titles.length; i++) {
      tomes[i] = new Tome(i + 1, titles[i]);
    }
    store(tomes);
    return tomes();
  }

  private Finder<Tome> tomes() {
    return Finder.of(db.reader(), Tome.class);
  }

  private static List<String> titles(Finder<Tome> found) {
    return found.list().stream().map(Tome::title).toList();
  }

  private static List<Long> ids(List<Tome> found) {
    return found.stream().map(Tome::id).toList();
  }

  // By key

  @Test
  void byIdFindsOneOrNothing() {
    Finder<Tome> tomes = titled("Emma");

    assertThat(tomes.byId(1L))
        .hasValueSatisfying(each -> assertThat(each.title()).isEqualTo("Emma"));
    assertThat(tomes.byId(1)).containsSame(tomes.byId(1L).orElseThrow());
    assertThat(tomes.byId(2L)).isEmpty();
  }

  @Test
  void byIdRefusesKeysOfAnotherType() {
    assertThatThrownBy(() -> tomes().byId("1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("The key of Tome is of type long")
        .hasMessageContaining("java.lang.String");
    assertThatThrownBy(() -> tomes().byId(List.of(1L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("byIds(...)");
    assertThatThrownBy(() -> tomes().byIds(Collections.singletonList(null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("never null");
  }

  @Test
  void byIdsKeepsTheOrderGivenAndLeavesOutWhatIsMissing() {
    Finder<Tome> tomes = titled("one", "two", "three");

    assertThat(ids(tomes.byIds(List.of(3, 99L, 1L, 3L)))).containsExactly(3L, 1L);
    assertThat(tomes.byIds(List.of(98L, 99L))).isEmpty();
  }

  @Test
  void byIdsOfNothingAsksNobody() {
    assertThat(tomes().byIds(List.of())).isEmpty();

    assertThat(connections.acquired()).isZero();
  }

  @Test
  void byIdsAsksOnlyForWhatTheSessionDoesNotHold() {
    Finder<Tome> tomes = titled("one", "two");
    Tome one = tomes.byId(1L).orElseThrow();
    connections.forget();

    assertThat(tomes.byIds(List.of(1L))).containsExactly(one);
    assertThat(connections.statements()).isEmpty();
  }

  @Test
  void thousandsOfKeysComeInFewStatements() throws SQLException {
    int number = 2_500;
    try (Connection connection = database.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      try (PreparedStatement insert =
          connection.prepareStatement(
              "insert into Tome (tome_no, headline, changes) values (?, 'x', 0)")) {
        for (int i = 1; i <= number; i++) {
          insert.setInt(1, i);
          insert.addBatch();
        }
        insert.executeBatch();
      }
      connection.commit();
    }
    connections.forget();
    List<Long> backwards = new ArrayList<>(LongStream.rangeClosed(1, number).boxed().toList());
    Collections.reverse(backwards);

    assertThat(ids(tomes().byIds(backwards))).isEqualTo(backwards);
    assertThat(connections.statements())
        .hasSize(3)
        .allSatisfy(
            sql ->
                assertThat(sql.chars().filter(c -> c == '?').count())
                    .isBetween(1L, kind == DatabaseKind.POSTGRESQL ? 1L : 1_000L)); // one array
  }

  @Test
  void keysOfSeveralColumnsWorkTheSame() {
    store(
        new Seat("a", 2, "Anne"),
        new Seat("a", 1, "Mary"),
        new Seat("b", 1, "Emma"),
        new Drawer("x", 2, "forks"),
        new Drawer("x", 1, "knives"));

    Finder<Seat> seats = Finder.of(db.reader(), Seat.class);
    assertThat(
            seats.byIds(List.of(new Seat.Key("b", 1), new Seat.Key("c", 1), new Seat.Key("a", 2))))
        .extracting(Seat::key)
        .containsExactly(new Seat.Key("b", 1), new Seat.Key("a", 2));
    assertThat(seats.list())
        .extracting(Seat::key)
        .containsExactly(new Seat.Key("a", 1), new Seat.Key("a", 2), new Seat.Key("b", 1));
    assertThat(seats.with("key.hall", "a").orderBy("key.number desc").list())
        .extracting(Seat::key)
        .containsExactly(new Seat.Key("a", 2), new Seat.Key("a", 1));

    Finder<Drawer> drawers = Finder.of(db.reader(), Drawer.class);
    assertThat(drawers.byId(new Drawer.Key("x", 2))).isPresent();
    assertThat(drawers.list()).extracting(Drawer::place).containsExactly("x1", "x2");
    assertThat(drawers.with("cabinet", "x").with("number", 1).one()).isPresent();
  }

  // By attribute

  @Test
  void withFindsEqualValuesAndMissingOnes() {
    store(new Tome(1, "a").stock(3), new Tome(2, "b").stock(null), new Tome(3, "c").stock(4));

    assertThat(ids(tomes().with("stock", 3).list())).containsExactly(1L);
    assertThat(ids(tomes().with("stock", 3L).list())).containsExactly(1L);
    assertThat(ids(tomes().with("stock", null).list())).containsExactly(2L);
    assertThat(tomes().with("stock", 5).list()).isEmpty();
  }

  @Test
  void associationsAreComparedByTheirKeyWithoutAJoin() {
    Writer jane = new Writer("ja", "Jane");
    store(jane, new Tome(1, "a").by(jane), new Tome(2, "b"));

    assertThat(ids(tomes().with("author.code", "ja").list())).containsExactly(1L);
    assertThat(ids(tomes().orderBy("author.code desc").list())).containsExactly(2L, 1L);
    assertThat(ids(tomes().with("author", db.reader().getReference(Writer.class, "ja")).list()))
        .containsExactly(1L);
    assertThat(connections.statements()).noneMatch(sql -> sql.contains("join"));
  }

  @Test
  void upperAndLowerCaseAreTheSame() {
    Finder<Tome> tomes = titled("Emma", "EMMA", "emmas", "Énya");

    assertThat(titles(tomes.withIgnoringCase("title", "eMMa"))).containsExactly("Emma", "EMMA");
    assertThat(titles(tomes.withIgnoringCase("title", "ÉNYA"))).containsExactly("Énya");
    assertThat(tomes.withIgnoringCase("title", "unknown").list()).isEmpty();
    assertThat(tomes.withIgnoringCase("title", "unknown").one()).isEmpty();
  }

  @Test
  void theLocaleOfThisJvmHasNoSay() {
    Finder<Tome> tomes = titled("TITLE", "title", "zebra");
    Locale before = Locale.getDefault();
    try {
      for (Locale locale : List.of(Locale.forLanguageTag("tr-TR"), Locale.GERMANY)) {
        Locale.setDefault(locale);
        assertThat(ids(tomes.withIgnoringCase("title", "tItLe").list())).containsExactly(1L, 2L);
        assertThat(ids(tomes.startingWith("title", "TI").list())).containsExactly(1L, 2L);
        assertThat(ids(tomes.containing("title", "ITl").list())).containsExactly(1L, 2L);
        assertThat(ids(tomes.orderBy("TITLE".toLowerCase(Locale.ROOT) + " IGNORING CASE").list()))
            .containsExactly(1L, 2L, 3L);
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void whatLikeTakesForItselfStandsForItself() {
    Finder<Tome> tomes =
        titled("a_b", "axb", "100%", "1000", "c\\d", "c/d", "wow!", "wow", "it's", "[x]");

    assertThat(titles(tomes.startingWith("title", "A_"))).containsExactly("a_b");
    assertThat(titles(tomes.containing("title", "0%"))).containsExactly("100%");
    assertThat(titles(tomes.containing("title", "\\"))).containsExactly("c\\d");
    assertThat(titles(tomes.startingWith("title", "C\\D"))).containsExactly("c\\d");
    assertThat(titles(tomes.containing("title", "!"))).containsExactly("wow!");
    assertThat(titles(tomes.startingWith("title", "wow"))).containsExactly("wow", "wow!");
    assertThat(titles(tomes.containing("title", "'"))).containsExactly("it's");
    assertThat(titles(tomes.containing("title", "[x]"))).containsExactly("[x]");
    assertThat(tomes.containing("title", "%").with("title", "1000").list()).isEmpty();
  }

  @Test
  void partsOfTextAreFoundInTheOrderOfTheTextOrInAnother() {
    Finder<Tome> tomes = titled("gamma", "Gab", "beta ga", "alpha", null);

    assertThat(titles(tomes.startingWith("title", "GA"))).containsExactly("Gab", "gamma");
    assertThat(titles(tomes.containing("title", "ga"))).containsExactly("beta ga", "Gab", "gamma");
    assertThat(titles(tomes.containing("title", "ga").orderBy("title desc ignoring case")))
        .containsExactly("gamma", "Gab", "beta ga");
    assertThat(titles(tomes.startingWith("title", "").limit(2)))
        .containsExactly("alpha", "beta ga");
  }

  @Test
  void exactGoesBeforeIgnoringCase() {
    Finder<Tome> tomes = titled("emma", "Emma", "Persuasion");

    assertThat(tomes.exactThenIgnoringCase("title", "Emma")).map(Tome::id).contains(2L);
    assertThat(tomes.exactThenIgnoringCase("title", "emma")).map(Tome::id).contains(1L);
    assertThat(tomes.exactThenIgnoringCase("title", "PERSUASION")).map(Tome::id).contains(3L);
    assertThat(tomes.exactThenIgnoringCase("title", "%")).isEmpty();
    assertThatThrownBy(() -> tomes.exactThenIgnoringCase("title", "EMMA"))
        .isInstanceOf(NotUniqueException.class);
  }

  @Test
  void twoThatAreExactAreTooMany() {
    Finder<Tome> tomes = titled("emma", "emma", "Emma");

    assertThatThrownBy(() -> tomes.exactThenIgnoringCase("title", "emma"))
        .isInstanceOf(NotUniqueException.class)
        .hasMessageContaining("title equal to the value given");
    assertThat(tomes.exactThenIgnoringCase("title", "Emma")).map(Tome::id).contains(3L);
  }

  /** What is the same letter beyond case, the column's collation says. */
  @Test
  void accentsAreAMatterOfTheCollation() {
    Finder<Tome> tomes = titled("Enya", "Énya", "Enya ");

    List<Long> found = ids(tomes.withIgnoringCase("title", "enya").list());

    if (kind == DatabaseKind.MARIADB) {
      assertThat(found).containsExactly(1L, 2L, 3L);
    } else {
      assertThat(found).containsExactly(1L);
    }
    assertThat(tomes.exactThenIgnoringCase("title", "Énya")).map(Tome::id).contains(2L);
    assertThat(tomes.exactThenIgnoringCase("title", "Enya")).map(Tome::id).contains(1L);
  }

  @Test
  void severalWhereOneIsAskedForAreAnError() {
    Finder<Tome> tomes = titled("secret", "SECRET").withIgnoringCase("title", "secret");

    assertThatThrownBy(tomes::one)
        .isInstanceOf(NotUniqueException.class)
        .hasMessageContaining("More than one Tome matches where one was asked for")
        .hasMessageContaining("title equal to the text given, ignoring case")
        .hasMessageContaining("list()")
        .hasMessageNotContaining("secret");
    assertThat(tomes.first()).map(Tome::id).contains(1L);
    assertThat(tomes.list()).hasSize(2);
    assertThatThrownBy(() -> tomes.limit(1).one()).isInstanceOf(IllegalStateException.class);
  }

  // Ranges

  @Test
  void severalOrdersHaveEachTheirDirectionAndCase() {
    store(
        new Tome(1, "b").stock(1),
        new Tome(2, "A").stock(2),
        new Tome(3, "a").stock(2),
        new Tome(4, "B").stock(1));

    assertThat(ids(tomes().orderBy("stock DESC , title  ignoring case").list()))
        .containsExactly(2L, 3L, 1L, 4L);
    assertThat(ids(tomes().orderBy("title ignoring case desc").orderBy("stock").list()))
        .containsExactly(1L, 4L, 2L, 3L);
    assertThat(
            ids(
                tomes()
                    .orderBy(
                        Order.desc(Tome.class, "stock"),
                        Order.asc(Tome.class, "title").ignoringCase(),
                        Order.desc(Tome.class, "id"))
                    .list()))
        .containsExactly(3L, 2L, 4L, 1L);
  }

  @Test
  @DisabledIf("collationIgnoresCase")
  void caseCountsUnlessItIsIgnored() {
    Finder<Tome> tomes = titled("b", "A", "a", "B");

    assertThat(titles(tomes.orderBy("title"))).containsExactly("A", "B", "a", "b");
    assertThat(titles(tomes.orderBy("title ignoring case"))).containsExactly("A", "a", "b", "B");
  }

  boolean collationIgnoresCase() {
    return kind == DatabaseKind.MARIADB;
  }

  @Test
  void ignoringCaseLowersOnlyText() {
    store(new Tome(1, "a").stock(10), new Tome(2, "b").stock(9));

    assertThat(ids(tomes().orderBy("stock ignoring case").list())).containsExactly(2L, 1L);
  }

  @Test
  void missingValuesComeLastOnEveryDatabase() {
    store(new Tome(1, "a").stock(null), new Tome(2, "b").stock(1), new Tome(3, "c").stock(2));

    assertThat(ids(tomes().orderBy("stock").list())).containsExactly(2L, 3L, 1L);
    assertThat(ids(tomes().orderBy("stock desc").list())).containsExactly(1L, 3L, 2L);
    assertThat(ids(tomes().orderBy("stock nulls first").list())).containsExactly(1L, 2L, 3L);
    assertThat(ids(tomes().orderBy("stock desc nulls last").list())).containsExactly(3L, 2L, 1L);
    assertThat(ids(tomes().orderBy(Order.asc(Tome.class, "stock").withNullsFirst()).list()))
        .containsExactly(1L, 2L, 3L);
  }

  @Test
  void pagesNeitherOverlapNorLeaveGaps() {
    Finder<Tome> tomes = titled("same", "same", "same", "same", "same");

    List<Long> seen = new ArrayList<>();
    for (int page = 0; page < 3; page++) {
      seen.addAll(ids(tomes.orderBy("title desc").offset(2 * page).limit(2).list()));
    }

    assertThat(seen).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(connections.statements()).allMatch(sql -> sql.matches("(?s).*order by .*tome_no.*"));
    assertThat(tomes.count()).isEqualTo(5);
    assertThat(tomes.offset(3).limit(1).count()).isEqualTo(5);
    assertThat(tomes.with("title", "other").exists()).isFalse();
    assertThat(tomes.with("title", "same").exists()).isTrue();
  }

  @Test
  void aLimitOfNothingAsksNobody() {
    assertThat(tomes().limit(0).list()).isEmpty();
    assertThat(tomes().limit(0).first()).isEmpty();

    assertThat(connections.acquired()).isZero();
  }

  @Test
  void filtersAreJoinedWithAnd() {
    store(new Tome(1, "a").stock(1), new Tome(2, "b").stock(2), new Tome(3, "c").stock(3));

    assertThat(
            ids(
                tomes()
                    .where((tome, cb) -> cb.greaterThan(tome.get("stock"), 1))
                    .where(
                        Restriction.restrict(
                            Tome.class,
                            "price",
                            org.hibernate.query.range.Range.singleValue(BigDecimal.ONE)))
                    .where((tome, cb) -> cb.lessThan(tome.get("stock"), 3))
                    .list()))
        .containsExactly(2L);
  }

  @Test
  void whatSeveralRowsOfAJoinMatchIsFoundOnce() {
    store(
        new Tome(1, "a").tagged("x", "y"),
        new Tome(2, "b").tagged("x"),
        new Tome(3, "c").tagged("z"),
        new Seat("hall", 1, "Anne"),
        new Seat("hall", 2, "Mary"));
    Finder<Tome> tagged =
        tomes().where((tome, cb) -> tome.<Object, String>join("tags").in("x", "y"));

    assertThat(ids(tagged.orderBy("title desc").limit(2).list())).containsExactly(2L, 1L);
    assertThat(tagged.count()).isEqualTo(2);
    assertThatThrownBy(tagged::one).isInstanceOf(NotUniqueException.class);

    Finder<Seat> behind = // a key of several columns
        Finder.of(db.reader(), Seat.class)
            .where(
                (seat, cb) ->
                    cb.lessThan(
                        seat.get("key").get("number"),
                        ((JpaRoot<Seat>) seat).crossJoin(Tome.class).get("id")));
    assertThat(behind.limit(2).list())
        .extracting(seat -> seat.key().number())
        .containsExactly(1, 2);
    assertThat(behind.count()).isEqualTo(2);
  }

  @Test
  void attributesOfTheStaticMetamodelMeanTheSame() {
    store(new Tome(1, "Emma").stock(1), new Tome(2, "Sense").stock(2));
    SingularAttribute<Tome, String> title = attribute("title", String.class);
    SingularAttribute<Tome, Integer> stock = attribute("stock", Integer.class);

    assertThat(ids(tomes().with(stock, 2).list())).containsExactly(2L);
    assertThat(ids(tomes().withIgnoringCase(title, "emma").list())).containsExactly(1L);
    assertThat(ids(tomes().startingWith(title, "s").list())).containsExactly(2L);
    assertThat(ids(tomes().containing(title, "MM").list())).containsExactly(1L);
    assertThat(tomes().exactThenIgnoringCase(title, "SENSE")).map(Tome::id).contains(2L);
    assertThat(ids(tomes().orderBy(Order.desc(stock)).list())).containsExactly(2L, 1L);
    assertThat(ids(tomes().orderBy(Order.by(title, SortDirection.DESCENDING, true)).list()))
        .containsExactly(2L, 1L);
    assertThatThrownBy(() -> tomes().with((SingularAttribute<Tome, Object>) null, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("initialise an engine");
  }

  @SuppressWarnings("unchecked")
  private <T> SingularAttribute<Tome, T> attribute(String name, Class<T> type) {
    return (SingularAttribute<Tome, T>)
        db.reader().getMetamodel().entity(Tome.class).getSingularAttribute(name, type);
  }

  @Test
  void whatLooksLikeSqlIsAValueOrAnError() {
    String evil = "x' or '1'='1'; drop table Tome; --";
    Finder<Tome> tomes = titled("Emma", evil);

    assertThat(titles(tomes.withIgnoringCase("title", evil))).containsExactly(evil);
    assertThat(titles(tomes.containing("title", evil))).containsExactly(evil);
    assertThat(titles(tomes.with("title", evil))).containsExactly(evil);
    assertThat(tomes.exactThenIgnoringCase("title", evil)).isPresent();
    connections.forget();
    for (String name : List.of(evil, "title) or (1=1", "1", "title--", "id;", "title title")) {
      assertThatThrownBy(() -> tomes.with(name, "x")).isInstanceOf(UnknownAttributeException.class);
      assertThatThrownBy(() -> tomes.orderBy(name))
          .satisfiesAnyOf(
              thrown -> assertThat(thrown).isInstanceOf(UnknownAttributeException.class),
              thrown ->
                  assertThat(thrown)
                      .isInstanceOf(IllegalArgumentException.class)
                      .hasMessageContaining("is not understood"),
              thrown ->
                  assertThat(thrown)
                      .isInstanceOf(IllegalArgumentException.class)
                      .hasMessageContaining("nothing to sort by"));
    }
    assertThat(connections.statements()).isEmpty();
    assertThat(tomes.count()).isEqualTo(2);
  }

  @Test
  void findsThroughTheWriterWhatIsNotCommitted() {
    db.writer().persist(new Tome(1, "Emma"));

    assertThat(Finder.of(db.writer(), Tome.class).withIgnoringCase("title", "EMMA").one())
        .isPresent();
    assertThat(tomes().withIgnoringCase("title", "EMMA").one()).isEmpty();
  }

  // What is loaded

  @Test
  void whatIsLoadedIsToldWithoutSql() {
    Writer jane = new Writer("ja", "Jane");
    store(jane, new Portrait(jane), new Tome(1, "Emma").by(jane).stock(3).at("Bath", 7));
    Tome emma = tomes().byId(1L).orElseThrow();
    connections.forget();

    assertThat(tomes().loadedToMap(emma))
        .containsEntry("id", 1L)
        .containsEntry("title", "Emma")
        .containsEntry("version", 0)
        .containsEntry("stock", 3)
        .containsEntry("author", "ja")
        .containsEntry("place.city", "Bath")
        .containsEntry("place.room", 7)
        .containsEntry("notes", "long")
        .containsKey("price")
        .hasSize(9);
    assertThat(tomes().loadedAttributes(emma))
        .containsExactlyInAnyOrder(
            "id",
            "version",
            "title",
            "stock",
            "price",
            "author",
            "place.city",
            "place.room",
            "notes");
    assertThat(connections.statements()).isEmpty();
  }

  @Test
  void ofAProxyOnlyTheKeyIsLoaded() {
    Writer jane = new Writer("ja", "Jane");
    store(jane, new Tome(1, "Emma").by(jane));
    Session reader = db.reader();
    Finder<Writer> writers = Finder.of(reader, Writer.class);
    Writer proxy = reader.getReference(Writer.class, "ja");

    assertThat(writers.loadedToMap(proxy)).isEqualTo(Map.of("code", "ja"));
    assertThat(writers.loadedAttributes(proxy)).containsExactly("code");
    assertThat(connections.statements()).isEmpty();

    assertThat(writers.toMap(proxy)).isEqualTo(Map.of("code", "ja", "name", "Jane"));
    assertThat(writers.loadedToMap(proxy)).isEqualTo(Map.of("code", "ja", "name", "Jane"));
  }

  @Test
  void keysOfSeveralColumnsAreToldByTheirParts() {
    store(new Seat("a", 2, "Anne"), new Drawer("x", 1, null));
    Finder<Seat> seats = Finder.of(db.reader(), Seat.class);
    Finder<Drawer> drawers = Finder.of(db.reader(), Drawer.class);

    assertThat(seats.toMap(seats.first().orElseThrow()))
        .isEqualTo(Map.of("key.hall", "a", "key.number", 2, "guest", "Anne"));
    assertThat(seats.loadedToMap(db.reader().getReference(Seat.class, new Seat.Key("z", 9))))
        .isEqualTo(Map.of("key.hall", "z", "key.number", 9));
    assertThat(drawers.toMap(drawers.first().orElseThrow()))
        .containsEntry("cabinet", "x")
        .containsEntry("number", 1)
        .containsEntry("label", null)
        .hasSize(3);
    assertThat(drawers.loadedToMap(db.reader().getReference(Drawer.class, new Drawer.Key("y", 5))))
        .isEqualTo(Map.of("cabinet", "y", "number", 5));
  }

  @Test
  void aKeyThatIsAnotherEntitysIsToldOnce() {
    Writer jane = new Writer("ja", "Jane");
    store(jane, new Portrait(jane));
    Finder<Portrait> portraits = Finder.of(db.reader(), Portrait.class);
    Portrait portrait = portraits.byId("ja").orElseThrow();
    connections.forget();

    assertThat(portraits.toMap(portrait)).isEqualTo(Map.of("code", "ja", "writer", "ja"));
    assertThat(connections.statements()).isEmpty();
  }

  @Test
  void aDetachedEntityTellsWhatItHas() {
    store(new Tome(1, "Emma"));
    Tome emma = tomes().byId(1L).orElseThrow();
    db.on("reader").close();
    connections.forget();

    assertThat(tomes().loadedToMap(emma))
        .containsEntry("title", "Emma")
        .containsEntry("place.city", null);
    assertThat(tomes().toMap(emma)).isEqualTo(tomes().loadedToMap(emma));
    assertThat(connections.statements()).isEmpty();
  }

  // An index

  @Test
  @DisabledIf("isNotPostgres")
  void anIndexOnLowerIsUsed() throws SQLException {
    sql(
        "create index if not exists tome_lower on Tome (lower(headline) text_pattern_ops)",
        "insert into Tome (tome_no, headline, changes) select n, 'Title ' || n, 0 from"
            + " generate_series(1, 20000) n",
        "analyze Tome");
    connections.forget();
    assertThat(ids(tomes().withIgnoringCase("title", "TITLE 4711").list())).containsExactly(4711L);
    assertThat(ids(tomes().startingWith("title", "TITLE 4711").list())).containsExactly(4711L);

    assertThat(plan(connections.statements().get(0), "TITLE 4711"))
        .contains("tome_lower")
        .contains("Index Cond: (lower((headline)::text) = 'title 4711'::text)")
        .doesNotContain("Seq Scan");
    assertThat(plan(connections.statements().get(1), "TITLE 4711%"))
        .contains("tome_lower")
        .contains("Index Cond: ((lower((headline)::text) ~>=~ 'title 4711'::text)")
        .doesNotContain("Seq Scan");
  }

  boolean isNotPostgres() {
    return kind != DatabaseKind.POSTGRESQL;
  }

  private String plan(String statement, String value) throws SQLException {
    StringBuilder plan = new StringBuilder();
    try (Connection connection = database.dataSource().getConnection();
        PreparedStatement explain = connection.prepareStatement("explain " + statement)) {
      explain.setString(1, value);
      ResultSet rows = explain.executeQuery();
      while (rows.next()) {
        plan.append(rows.getString(1)).append('\n');
      }
    }
    return plan.toString();
  }
}
