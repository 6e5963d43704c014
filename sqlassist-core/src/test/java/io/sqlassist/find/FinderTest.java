package io.sqlassist.find;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.engine.EngineKind;
import io.sqlassist.fixture.Book;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.RecordingDataSource;
import io.sqlassist.fixture.TestEngines;
import jakarta.persistence.criteria.JoinType;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.hibernate.Session;
import org.hibernate.bytecode.enhance.spi.DefaultEnhancementContext;
import org.hibernate.bytecode.enhance.spi.Enhancer;
import org.hibernate.bytecode.enhance.spi.UnloadedClass;
import org.hibernate.bytecode.internal.BytecodeProviderInitiator;
import org.hibernate.query.criteria.JpaRoot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FinderTest {

  private final RecordingDataSource connections = new RecordingDataSource(H2.dataSource());
  private final TestEngines engines = TestEngines.none();
  private Session session;

  @BeforeEach
  void open() {
    engines.add(
        "writer",
        connections,
        EngineKind.READ_WRITE,
        config -> config.entities(Tome.class, Writer.class, Portrait.class, Drawer.class));
    session = engines.registry().engine("writer").openSession();
    connections.forget();
  }

  @AfterEach
  void close() {
    session.close();
    engines.close();
  }

  private Finder<Tome> tomes() {
    return Finder.of(session, Tome.class);
  }

  @Test
  void aNameThatIsNoAttributeListsThoseThatAreTheMostSimilarFirst() {
    assertThatThrownBy(() -> tomes().with("titel", "Emma"))
        .isInstanceOf(UnknownAttributeException.class)
        .hasMessage(
            "Tome has no attribute 'titel'. Its attributes, the most similar first: title, notes,"
                + " id, price, author, stock, version, place.city, place.room, author.code.");
    assertThatThrownBy(() -> tomes().with("place.town", "Bath"))
        .hasMessageContaining("first: place.room, place.city");
    assertThatThrownBy(() -> tomes().orderBy("headline"))
        .isInstanceOf(UnknownAttributeException.class); // the column's name
    assertThatThrownBy(() -> tomes().withIgnoringCase("Title", "x"))
        .isInstanceOf(UnknownAttributeException.class)
        .hasMessageContaining("first: title, ");
    assertThatThrownBy(() -> Finder.of(session, Drawer.class).with("numbr", 1))
        .hasMessageContaining("first: number, ");
    assertThat(connections.statements()).isEmpty();
  }

  @Test
  void behindAnAssociationOnlyTheKeyIsAnAttribute() {
    assertThatThrownBy(() -> tomes().with("author.name", "Jane"))
        .isInstanceOf(UnknownAttributeException.class)
        .hasMessageContaining("author.code");
    assertThatThrownBy(() -> tomes().with("title.length", 3))
        .isInstanceOf(UnknownAttributeException.class);
    assertThatThrownBy(() -> tomes().with("tags", "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is a collection");
  }

  @Test
  void namesMayHaveSpacesAround() {
    assertThat(tomes().with(" title ", "x").orderBy("  title  desc ,stock").list()).isEmpty();
  }

  @Test
  void ordersThatCanNotBeUnderstoodSayWhatIsExpected() {
    for (String terms :
        List.of("", "title,", "title descending", "title ignoring", "title nulls")) {
      assertThatThrownBy(() -> tomes().orderBy(terms))
          .as(terms)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Expected an attribute, then optionally 'asc' or 'desc'");
    }
    assertThatThrownBy(() -> tomes().orderBy("author"))
        .hasMessageContaining("sort by one of its parts");
    assertThatThrownBy(() -> tomes().orderBy("place"))
        .hasMessageContaining("sort by one of its parts");
  }

  @Test
  void onlyTextHasCaseAndParts() {
    assertThatThrownBy(() -> tomes().withIgnoringCase("stock", "3"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'stock' is of type Integer")
        .hasMessageContaining("with(\"stock\", value)");
    assertThatThrownBy(() -> tomes().startingWith("id", "3")).hasMessageContaining("only text");
    assertThatThrownBy(() -> tomes().containing("price", "3")).hasMessageContaining("only text");
    assertThatThrownBy(() -> tomes().exactThenIgnoringCase("id", "3"))
        .hasMessageContaining("only text");
  }

  @Test
  void valuesOfAnotherTypeAreRefusedAndNotShown() {
    assertThatThrownBy(() -> tomes().with("stock", "secret"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "'stock' is of type java.lang.Integer, and can't be compared with a value of type"
                + " java.lang.String.");
    assertThatThrownBy(() -> tomes().with("stock", 1L << 40))
        .hasMessageContaining("java.lang.Long");
    assertThatThrownBy(() -> tomes().with("stock", 1.5)).hasMessageContaining("java.lang.Double");
    assertThatThrownBy(() -> tomes().with("title", 1)).hasMessageContaining("java.lang.Integer");
  }

  @Test
  void negativePagesAreRefused() {
    assertThatThrownBy(() -> tomes().offset(-1)).hasMessageContaining("offset -1 is negative");
    assertThatThrownBy(() -> tomes().limit(-1)).hasMessageContaining("limit -1 is negative");
  }

  @Test
  void aClassThatIsNoEntityThereIsRefusedAtOnce() {
    assertThatThrownBy(() -> Finder.of(session, Book.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Not an entity: io.sqlassist.fixture.Book")
        .hasMessageContaining("Entities there: Drawer, Portrait, Tome, Writer.");
  }

  @Test
  void aFinderIsNeverChanged() {
    session.beginTransaction();
    session.persist(new Tome(1, "Emma"));
    session.persist(new Tome(2, "Sense"));
    Finder<Tome> all = tomes();

    all.with("title", "Emma");
    all.limit(1).offset(1).orderBy("title desc").containing("title", "x");

    assertThat(all.list()).extracting(Tome::id).containsExactly(1L, 2L);
    session.getTransaction().rollback();
  }

  // What a filter joins may have several rows for one entity.

  private static final Filter<Tome> TAGGED =
      (tome, cb) -> tome.<Object, String>join("tags").in("a", "b");

  private void persist(Object... all) {
    session.beginTransaction();
    for (Object each : all) {
      session.persist(each);
    }
    session.flush();
    connections.forget();
  }

  @Test
  void anEntityOfWhichSeveralRowsOfACollectionMatchIsFoundOnce() {
    persist(
        new Tome(1, "Emma").tagged("a", "b"),
        new Tome(2, "Sense").tagged("a"),
        new Tome(3, "Persuasion").tagged("c"));
    Finder<Tome> tagged = tomes().where(TAGGED);

    assertThat(tagged.list()).extracting(Tome::id).containsExactly(1L, 2L);
    assertThat(tagged.count()).isEqualTo(2);
    assertThat(tagged.exists()).isTrue();
    assertThat(tagged.limit(2).list()).extracting(Tome::id).containsExactly(1L, 2L);
    assertThat(tagged.offset(1).limit(1).list()).extracting(Tome::id).containsExactly(2L);
    assertThat(tagged.orderBy("title desc").limit(2).list())
        .extracting(Tome::id)
        .containsExactly(2L, 1L);
    assertThatThrownBy(tagged::one).isInstanceOf(NotUniqueException.class);
    assertThat(tagged.with("title", "Emma").one()).map(Tome::id).contains(1L);
    assertThat(tagged.exactThenIgnoringCase("title", "Emma")).map(Tome::id).contains(1L);
    session.getTransaction().rollback();
  }

  @Test
  void noJoinWhateverItsKindMultipliesWhatIsFound() {
    Writer jane = new Writer("ja", "Jane");
    persist(
        jane,
        new Tome(1, "Emma").by(jane).tagged("a", "b"),
        new Tome(2, "Sense").by(jane),
        new Drawer("oak", 1, "Emma"),
        new Drawer("oak", 2, "Emma"));

    for (Filter<Tome> filter :
        List.<Filter<Tome>>of(
            (tome, cb) -> tome.join("author").join("tomes").isNotNull(),
            (tome, cb) -> ((JpaRoot<Tome>) tome).treatAs(Tome.class).join("tags").isNotNull(),
            (tome, cb) ->
                cb.equal(
                    ((JpaRoot<Tome>) tome).crossJoin(Drawer.class).get("label"),
                    tome.get("title")))) {
      Finder<Tome> found = tomes().with("id", 1).where(filter);
      assertThat(found.one()).map(Tome::id).contains(1L);
      assertThat(found.count()).isEqualTo(1);
    }
    session.getTransaction().rollback();
  }

  @Test
  void whatCanNotMultiplyNeedsNoSubquery() {
    Writer jane = new Writer("ja", "Jane");
    persist(jane, new Tome(1, "Emma").by(jane).tagged("a", "b"));

    for (Filter<Tome> filter :
        List.<Filter<Tome>>of(
            (tome, cb) -> cb.equal(tome.get("title"), "Emma"),
            (tome, cb) -> cb.equal(tome.join("author").get("name"), "Jane"),
            (tome, cb) -> cb.equal(tome.join("place", JoinType.LEFT).get("city"), "x").not())) {
      tomes().where(filter).list();
      tomes().where(filter).count();
    }
    assertThat(connections.statements())
        .hasSize(6)
        .allSatisfy(sql -> assertThat(sql.toLowerCase(Locale.ROOT)).containsOnlyOnce("select"));
    connections.forget();
    tomes().where(TAGGED).list();
    assertThat(connections.statements())
        .singleElement()
        .asString()
        .matches("(?s)select .* where .*tome_no in \\(+select .*Tome_tags.*");
    session.getTransaction().rollback();
  }

  @Test
  void aKeyMayBeInheritedAndOfATypeParameter() {
    try (TestEngines own = TestEngines.none()) {
      own.add(
          "writer", H2.dataSource(), EngineKind.READ_WRITE, config -> config.entities(Leaf.class));
      try (Session leaves = own.registry().engine("writer").openSession()) {
        leaves.beginTransaction();
        leaves.persist(new Leaf(2L, "b"));
        leaves.persist(new Leaf(1L, "b"));
        Finder<Leaf> finder = Finder.of(leaves, Leaf.class);

        assertThat(finder.orderBy("colour").list())
            .extracting(leaf -> leaf.id)
            .containsExactly(1L, 2L);
        assertThat(finder.with("id", 2L).one()).isEqualTo(finder.byId(2L));
        assertThat(finder.byIds(List.of(2L, 1L)))
            .extracting(leaf -> leaf.id)
            .containsExactly(2L, 1L);
        assertThat(finder.toMap(finder.first().orElseThrow()))
            .isEqualTo(Map.of("id", 1L, "colour", "b"));
        assertThatThrownBy(() -> finder.with("ids", 1L)).hasMessageContaining("first: id, colour");
        leaves.getTransaction().rollback();
      }
    }
  }

  // Lazy attributes need an enhanced class.

  @Test
  void lazyAttributesAreNotLoadedByAskingWhatIsLoaded() throws Exception {
    Class<?> type = enhanced(Tome.class);
    Class<?> writer = type.getClassLoader().loadClass(Writer.class.getName());
    Class<?> portrait = type.getClassLoader().loadClass(Portrait.class.getName());
    RecordingDataSource recorded = new RecordingDataSource(H2.dataSource());
    // With hibernate.classLoaders alone it depends on hash codes whose class Hibernate maps.
    Thread thread = Thread.currentThread();
    ClassLoader former = thread.getContextClassLoader();
    thread.setContextClassLoader(type.getClassLoader());
    try (TestEngines lazy = TestEngines.none()) {
      lazy.add(
          "writer",
          recorded,
          EngineKind.READ_WRITE,
          config ->
              config
                  .entities(type, writer, portrait)
                  .property("hibernate.classLoader.tccl_lookup_precedence", "before"));
      try (Session own = lazy.registry().engine("writer").openSession()) {
        Constructor<?> constructor = type.getConstructor(long.class, String.class);
        own.beginTransaction();
        own.persist(constructor.newInstance(1L, "Emma"));
        own.getTransaction().commit();
        own.clear();
        recorded.forget();

        assertLazy(own, type, recorded);
      }
    } finally {
      thread.setContextClassLoader(former);
    }
  }

  private static <T> void assertLazy(Session session, Class<T> type, RecordingDataSource recorded) {
    Finder<T> finder = Finder.of(session, type);
    T emma = finder.byId(1L).orElseThrow();
    assertThat(recorded.statements()).singleElement().asString().doesNotContain("notes");
    recorded.forget();

    assertThat(finder.loadedToMap(emma)).containsEntry("title", "Emma").doesNotContainKey("notes");
    assertThat(finder.loadedAttributes(emma)).contains("title", "stock").doesNotContain("notes");
    assertThat(recorded.statements()).isEmpty();

    Map<String, Object> all = finder.toMap(emma);
    assertThat(all).containsEntry("notes", "long").containsEntry("title", "Emma");
    assertThat(recorded.statements()).hasSize(1);
    assertThat(finder.loadedToMap(emma)).isEqualTo(all);

    session.clear();
    recorded.forget();
    T reference = session.getReference(type, 1L);
    assertThat(finder.loadedToMap(reference)).isEqualTo(Map.of("id", 1L));
    assertThat(recorded.statements()).isEmpty();
    assertThat(finder.toMap(reference)).isEqualTo(all);
  }

  /** The class as a build with Hibernate's enhancer makes it, in a loader of its own. */
  private static Class<?> enhanced(Class<?> original) throws ClassNotFoundException {
    Enhancer enhancer =
        BytecodeProviderInitiator.buildDefaultBytecodeProvider()
            .getEnhancer(
                new DefaultEnhancementContext() {
                  @Override
                  public boolean hasLazyLoadableAttributes(UnloadedClass type) {
                    return true;
                  }
                });
    ClassLoader loader =
        new ClassLoader(original.getClassLoader()) {
          @Override
          protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(original.getPackageName() + ".")
                || name.startsWith(FinderTest.class.getName())) {
              return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
          }

          private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
              if (file == null) {
                throw new ClassNotFoundException(name); // one that Hibernate would generate
              }
              byte[] plain = file.readAllBytes();
              byte[] better = enhancer.enhance(name, plain);
              byte[] code = better == null ? plain : better;
              return defineClass(name, code, 0, code.length);
            } catch (IOException e) {
              throw new ClassNotFoundException(name, e);
            }
          }
        };
    return loader.loadClass(original.getName());
  }
}
