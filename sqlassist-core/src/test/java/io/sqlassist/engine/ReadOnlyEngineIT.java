package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.fixture.Book;
import io.sqlassist.fixture.RecordingDataSource;
import io.sqlassist.fixture.RecordingObserver;
import io.sqlassist.session.Units;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.LockModeType;
import jakarta.persistence.OneToMany;
import jakarta.persistence.RollbackException;
import jakarta.persistence.TransactionRequiredException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.hibernate.Hibernate;
import org.hibernate.LockMode;
import org.hibernate.Session;
import org.hibernate.StatelessSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Connects as a user who may write, so that only the engine stands between a write and the data.
 */
@ParameterizedClass
@EnumSource(DatabaseKind.class)
class ReadOnlyEngineIT {

  @Parameter DatabaseKind kind;

  @Entity(name = "Ticket")
  static class Ticket {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE)
    long id;

    String text = "";
  }

  @Entity(name = "Note")
  static class Note {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    long id;

    String text = "";
  }

  @Entity(name = "Vehicle")
  @Inheritance(strategy = InheritanceType.JOINED)
  static class Vehicle {
    @Id long id;
    String plate = "";
  }

  @Entity(name = "Car")
  static class Car extends Vehicle {
    int doors;
  }

  @Entity(name = "Shelf")
  static class Shelf {
    @Id long id;

    @OneToMany(cascade = CascadeType.ALL)
    List<Note> notes = new ArrayList<>();
  }

  private static final Class<?>[] ENTITIES = {
    Book.class, Ticket.class, Note.class, Vehicle.class, Car.class, Shelf.class
  };

  private static DatabaseHandle database;
  private static RecordingDataSource recording;
  private static EngineRegistry registry;
  private static Engine reader;
  private static final RecordingObserver OBSERVER =
      new RecordingObserver() {
        @Override
        public DataSource instrument(String engine, DataSource dataSource) {
          if (!engine.equals("reader")) {
            return dataSource;
          }
          recording = new RecordingDataSource(dataSource);
          return recording;
        }
      };

  @BeforeParameterizedClassInvocation
  static void start(DatabaseKind kind) {
    database = kind.fresh();
    registry = EngineRegistry.create(OBSERVER);
    registry.initializeEngine(
        "writer", c -> connect(c).property("hibernate.hbm2ddl.auto", "create-only"));
    Units.useUnit(
        registry,
        db -> {
          Book book = new Book(1, "one");
          book.tags().add("first");
          db.writer().persist(book);
          db.writer().persist(new Book(2, "two"));
          Car car = new Car();
          car.id = 1;
          db.writer().persist(car);
          Shelf shelf = new Shelf();
          shelf.id = 1;
          db.writer().persist(shelf);
        });
    reader =
        registry.initializeEngine(
            "reader",
            c ->
                connect(c)
                    .readOnly()
                    .property("hibernate.query.hql.json_functions_enabled", true)
                    .property("hibernate.jdbc.batch_size", 10));
  }

  private static EngineConfig connect(EngineConfig config) {
    return config
        .url(database.jdbcUrl())
        .username(database.username())
        .password(database.password())
        .pool(pool -> pool.setMaximumPoolSize(2))
        .entities(ENTITIES);
  }

  @BeforeEach
  void forget() {
    recording.forget();
  }

  @AfterEach
  void nothingHasChanged() {
    List<?> rows =
        Units.inUnit(
            registry,
            db ->
                db.writer()
                    .createSelectionQuery(
                        "select concat(b.title, ':', coalesce(t, '-')) from Book b left join b.tags"
                            + " t order by b.id",
                        String.class)
                    .getResultList());
    assertThat(rows).hasToString("[one:first, two:-]");
    assertThat(recording.inUse()).isZero();
  }

  @AfterParameterizedClassInvocation
  static void close() {
    registry.close();
  }

  // writes

  interface Attempt {
    void on(Session session, Book managed) throws Exception;
  }

  interface StatelessAttempt {
    void on(StatelessSession session) throws Exception;
  }

  static Stream<Arguments> writes() {
    return Stream.of(
        write("persist", (s, b) -> s.persist(new Book(3, "three"))),
        write("persist with a sequence", (s, b) -> s.persist(new Ticket())),
        write("persist with an identity column", (s, b) -> s.persist(new Note())),
        write("merge of a new entity", (s, b) -> s.merge(new Book(3, "three"))),
        write("merge of a changed one", (s, b) -> s.merge(new Book(1, "changed"))),
        write("remove", Session::remove),
        write("remove of a detached entity", (s, b) -> s.remove(new Book(2, "two"))),
        write("changed attribute at commit", (s, b) -> b.rename("changed")),
        write("added element at commit", (s, b) -> b.tags().add("second")),
        write("removed element at commit", (s, b) -> b.tags().clear()),
        write(
            "flush of a changed attribute",
            (s, b) -> {
              b.rename("changed");
              s.flush();
            }),
        write(
            "flush of a changed collection",
            (s, b) -> {
              b.tags().add("second");
              s.flush();
            }),
        write(
            "query after a change",
            (s, b) -> {
              b.rename("changed");
              s.createSelectionQuery("from Book where id=1", Book.class).getResultList();
            }),
        write(
            "HQL update",
            (s, b) -> s.createMutationQuery("update Book set title='x'").executeUpdate()),
        write("HQL delete", (s, b) -> s.createMutationQuery("delete Book").executeUpdate()),
        write(
            "HQL insert",
            (s, b) ->
                s.createMutationQuery("insert into Book (id, title) values (3, 'x')")
                    .executeUpdate()),
        write(
            "HQL insert select",
            (s, b) ->
                s.createMutationQuery("insert into Book (id, title) select id + 9, title from Book")
                    .executeUpdate()),
        write(
            "HQL insert with a sequence",
            (s, b) ->
                s.createMutationQuery("insert into Ticket (text) values ('x')").executeUpdate()),
        write(
            "HQL update of a joined hierarchy",
            (s, b) ->
                s.createMutationQuery("update Car set doors=5, plate='x' where doors < 9")
                    .executeUpdate()),
        write(
            "HQL delete of a joined hierarchy",
            (s, b) -> s.createMutationQuery("delete Vehicle where plate=''").executeUpdate()),
        write(
            "criteria delete",
            (s, b) -> {
              var delete = s.getCriteriaBuilder().createCriteriaDelete(Book.class);
              delete.from(Book.class);
              s.createMutationQuery(delete).executeUpdate();
            }),
        write("native update", natively("update Book set title='x'")),
        write("native delete", natively("delete from Book")),
        write("native insert", natively("insert into Book (id, title) values (3, 'x')")),
        write("native DDL", natively("create table x (id int)")),
        write("native delete behind a comment", natively("/* it's */ delete from Book")),
        write(
            "native delete behind a query",
            (s, b) ->
                s.createNativeQuery("select 1; delete from Book", Long.class).getResultList()),
        write(
            "data-modifying CTE",
            (s, b) ->
                s.createNativeQuery(
                        "with gone as (delete from Book returning id) select id from gone",
                        Long.class)
                    .getResultList()),
        write(
            "native query for update",
            (s, b) ->
                s.createNativeQuery("select id from Book for update", Long.class).getResultList()),
        write(
            "sequence",
            (s, b) ->
                s.createNativeQuery("select nextval('Ticket_SEQ')", Long.class).getSingleResult()),
        write("find with a lock", (s, b) -> s.find(Book.class, 2L, LockModeType.PESSIMISTIC_WRITE)),
        write("lock", (s, b) -> s.lock(b, LockMode.PESSIMISTIC_WRITE)),
        write("lock for share", (s, b) -> s.lock(b, LockMode.PESSIMISTIC_READ)),
        write("refresh with a lock", (s, b) -> s.refresh(b, LockModeType.PESSIMISTIC_WRITE)));
  }

  private static Attempt natively(String sql) {
    return (session, managed) -> session.createNativeMutationQuery(sql).executeUpdate();
  }

  static Stream<Arguments> statelessWrites() {
    return Stream.of(
        stateless("insert", s -> s.insert(new Book(3, "three"))),
        stateless("insert with a sequence", s -> s.insert(new Ticket())),
        stateless("insert with an identity column", s -> s.insert(new Note())),
        stateless(
            "insertMultiple",
            s -> s.insertMultiple(List.of(new Book(3, "three"), new Book(4, "four")))),
        stateless("update", s -> s.update(new Book(1, "changed"))),
        stateless("delete", s -> s.delete(new Book(2, "two"))),
        stateless("upsert", s -> s.upsert(new Book(3, "three"))),
        stateless("HQL delete", s -> s.createMutationQuery("delete Book").executeUpdate()),
        stateless(
            "native delete", s -> s.createNativeMutationQuery("delete from Book").executeUpdate()),
        stateless("get with a lock", s -> s.get(Book.class, 1L, LockMode.PESSIMISTIC_WRITE)));
  }

  private static Arguments write(String name, Attempt attempt) {
    return Arguments.of(name, attempt);
  }

  private static Arguments stateless(String name, StatelessAttempt attempt) {
    return Arguments.of(name, attempt);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("writes")
  void writeInAUnitIsRefusedBeforeTheDatabaseIsReached(String name, Attempt attempt) {
    assertThatThrownBy(
            () ->
                Units.useUnit(
                    registry,
                    db -> {
                      Book managed = load(db.reader());
                      attempt.on(db.reader(), managed);
                    }))
        .isInstanceOf(ReadOnlyEngineException.class)
        .hasMessageContaining("'reader'");
    assertThat(recording.statements()).isEmpty();
    assertThat(recording.acquired()).isZero();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("writes")
  void writeOutsideAUnitIsRefusedBeforeTheDatabaseIsReached(String name, Attempt attempt) {
    try (Session session = reader.openSession()) {
      assertThatThrownBy(
              () -> {
                Book managed = load(session);
                session.beginTransaction();
                attempt.on(session, managed);
                session.getTransaction().commit();
              })
          .satisfiesAnyOf(
              e -> assertThat(e).isInstanceOf(ReadOnlyEngineException.class),
              // Jakarta Persistence wants it so, of a commit.
              e ->
                  assertThat(e)
                      .isInstanceOf(RollbackException.class)
                      .hasCauseInstanceOf(ReadOnlyEngineException.class));
      assertThat(recording.statements()).isEmpty();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("statelessWrites")
  void statelessWriteInAUnitIsRefusedBeforeTheDatabaseIsReached(
      String name, StatelessAttempt attempt) {
    assertThatThrownBy(
            () -> Units.useUnit(registry, db -> attempt.on(db.on("reader").statelessSession())))
        .isInstanceOf(ReadOnlyEngineException.class);
    assertThat(recording.statements()).isEmpty();
    assertThat(recording.acquired()).isZero();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("statelessWrites")
  void statelessWriteOutsideAUnitIsRefusedBeforeTheDatabaseIsReached(
      String name, StatelessAttempt attempt) {
    try (StatelessSession session = reader.openStatelessSession()) {
      assertThatThrownBy(() -> attempt.on(session)).isInstanceOf(ReadOnlyEngineException.class);
    }
    assertThat(recording.statements()).isEmpty();
    assertThat(recording.acquired()).isZero();
  }

  @Test
  void lockingQueryIsRefusedForWantOfATransaction() {
    assertThatThrownBy(
            () ->
                Units.useUnit(
                    registry,
                    db ->
                        db.reader()
                            .createSelectionQuery("from Book", Book.class)
                            .setHibernateLockMode(LockMode.PESSIMISTIC_WRITE)
                            .getResultList()))
        .isInstanceOf(TransactionRequiredException.class);
    assertThat(recording.acquired()).isZero();
  }

  @Test
  void transactionBegunByHandReadsAndEnds() {
    try (Session session = reader.openSession()) {
      session.beginTransaction();
      load(session);
      session.getTransaction().commit();
      session.beginTransaction();
      load(session);
      session.getTransaction().rollback();
      assertThat(recording.inUse()).isZero();
      assertThat(load(session).title()).isEqualTo("one");
    }
  }

  @Test
  void newChildOfAManagedEntityIsRefused() {
    assertThatThrownBy(
            () ->
                Units.useUnit(
                    registry,
                    db -> {
                      Shelf shelf = db.reader().find(Shelf.class, 1L);
                      Hibernate.initialize(shelf.notes);
                      recording.forget();
                      shelf.notes.add(new Note());
                    }))
        .isInstanceOf(ReadOnlyEngineException.class);
    assertThat(recording.statements()).isEmpty();
  }

  @Test
  void refusalOfAChangeNamesEntityAndAttribute() {
    assertThatThrownBy(() -> Units.useUnit(registry, db -> load(db.reader()).rename("changed")))
        .hasMessageContaining(Book.class.getName() + "#1 [title]");
  }

  @Test
  void changeIsRefusedByAnExplicitCommitToo() {
    assertThatThrownBy(
            () ->
                Units.useUnit(
                    registry,
                    db -> {
                      load(db.reader()).rename("changed");
                      db.commit();
                    }))
        .isInstanceOf(ReadOnlyEngineException.class);
  }

  @Test
  void refusedChangeRollsBackTheWriterToo() {
    assertThatThrownBy(
            () ->
                Units.useUnit(
                    registry,
                    db -> {
                      db.writer().persist(new Book(3, "three"));
                      load(db.reader()).rename("changed");
                    }))
        .isInstanceOf(ReadOnlyEngineException.class);
    // nothingHasChanged() looks for the third book
  }

  // what cannot be judged beforehand

  @Test
  void doWorkIsRefusedByTheDatabase() {
    assumeTrue(kind != DatabaseKind.H2, "H2 has no read-only mode");

    assertThatThrownBy(() -> Units.useUnit(registry, db -> deleteInDoWork(db.reader())))
        .rootCause()
        .isInstanceOf(SQLException.class)
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("25006"); // read-only SQL-transaction
  }

  @Test
  void doWorkIsRefusedByTheRightsOfAUserWhoMayOnlySelect() {
    DatabaseHandle user = database.readOnlyUser();
    EngineRegistry own = EngineRegistry.create(new RecordingObserver());
    own.initializeEngine(
        "reader",
        c ->
            c.url(user.jdbcUrl())
                .username(user.username())
                .password(user.password())
                .readOnly()
                .entities(ENTITIES));
    try {
      assertThatThrownBy(() -> Units.useUnit(own, db -> deleteInDoWork(db.reader())))
          .rootCause()
          .isInstanceOf(SQLException.class);
      Units.useUnit(own, db -> assertThat(load(db.reader()).title()).isEqualTo("one"));
    } finally {
      own.close();
    }
  }

  private static void deleteInDoWork(Session session) {
    session.doWork(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("delete from Book");
          }
        });
  }

  @Test
  void engineWhoseDatabaseEnforcesReadOnlyStartsWithoutWarning() {
    assertThat(OBSERVER.warnings()).isEmpty();
  }

  @Test
  void startOfAReaderChangesNothingInTheDatabase() {
    EngineRegistry own = EngineRegistry.create(OBSERVER);
    own.initializeEngine("reader", c -> connect(c).readOnly());
    try {
      assertThat(recording.statements())
          .allSatisfy(sql -> assertThat(SqlReading.firstWrite(sql)).isNull());
    } finally {
      own.close();
    }
  }

  // reads

  static Stream<String> queries() {
    return Stream.of(
        "from Book",
        "from Book where id in (select b.id from Book b where b.title like 'o%')",
        "from Book b left join fetch b.tags",
        "from Vehicle",
        "from Car where doors < 5",
        "select count(*), max(title) from Book group by title having count(*) >= 1",
        "select distinct title from Book order by title desc nulls last",
        "select replace(title, 'o', 'update') from Book",
        "select overlay(title placing 'delete' from 1 for 2) from Book",
        "select extract(year from local datetime), extract(day from local date) from Book",
        "select concat(upper(title), lower(title)), trim(both ' ' from title) from Book",
        "select substring(title, 1, 2), left(title, 1), right(title, 1) from Book",
        "select locate('o', title), length(title), lpad(title, 9, 'x') from Book",
        "select cast(id as String), coalesce(title, 'for update') from Book",
        "select case when id = 1 then 'insert into' else 'delete from' end from Book",
        "select b.title from Book b where exists (from Book c where c.id > b.id)",
        "select b.title from Book b where b.tags is not empty",
        "select size(b.tags) from Book b",
        "select b.title from Book b where 'first' member of b.tags",
        "with t as (select b.id as id, b.title as title from Book b) select t.title from t",
        "with t as materialized (select replace(b.title, 'a', 'b') as x from Book b)"
            + " select x from t",
        "with t as (select 1 as n union all select t.n + 1 as n from t where t.n < 3)"
            + " select n from t",
        "select row_number() over (order by id), sum(id) over (partition by title) from Book",
        "select listagg(title, ',') within group (order by title) from Book",
        "select title from Book union select plate from Vehicle",
        "select title from Book intersect select title from Book",
        "select b.title, t from Book b join lateral (select c.title as t from Book c"
            + " where c.id = b.id limit 1) x on true",
        "from Book order by id limit 1 offset 1",
        "from Book order by id fetch first 1 rows only",
        "select json_value('{\"insert\":\"delete\"}', '$.insert') from Book",
        "select json_object('into': title) from Book",
        "select title from Book where title in ('a; delete from Book', 'it''s')",
        "select title from Book where title = 'c:\\update\\'",
        "select count(*) filter (where id > 1) from Book");
  }

  @ParameterizedTest
  @MethodSource("queries")
  void ordinaryQueryIsNotRefused(String hql) {
    assertThatCode(
            () ->
                Units.useUnit(
                    registry,
                    db -> {
                      db.reader().createSelectionQuery(hql, Object.class).getResultList();
                      db.reader()
                          .createSelectionQuery(hql, Object.class)
                          .setComment("it's a comment; delete")
                          .getResultList();
                    }))
        .satisfiesAnyOf(
            none -> assertThat(none).isNull(),
            // Not every dialect has every function; what matters is who refuses.
            other ->
                assertThat(other)
                    .isNotInstanceOf(ReadOnlyEngineException.class)
                    .isInstanceOf(org.hibernate.HibernateException.class));
  }

  @Test
  void paginationCriteriaAndStatelessReadsAreNotRefused() {
    Units.useUnit(
        registry,
        db -> {
          Session session = db.reader();
          assertThat(
                  session
                      .createSelectionQuery("from Book order by id", Book.class)
                      .setFirstResult(1)
                      .setMaxResults(1)
                      .setHibernateLockMode(LockMode.NONE)
                      .getResultList())
              .hasSize(1);
          var criteria = session.getCriteriaBuilder().createQuery(Book.class);
          criteria.from(Book.class);
          assertThat(session.createSelectionQuery(criteria).getResultList()).hasSize(2);
          Book book = session.find(Book.class, 1L);
          session.refresh(book);
          session.lock(book, LockMode.NONE);
          assertThat(session.findMultiple(Book.class, List.of(1L, 2L))).hasSize(2);
          try (var books = session.createSelectionQuery("from Book", Book.class).stream()) {
            assertThat(books).hasSize(2);
          }
          assertThat(session.createNativeQuery("select 1", Integer.class).getSingleResult())
              .isEqualTo(1);
          session.flush();
          StatelessSession stateless = db.on("reader").statelessSession();
          assertThat(stateless.get(Book.class, 1L)).isNotNull();
          assertThat(stateless.getMultiple(Book.class, List.of(1L, 2L))).hasSize(2);
        });
  }

  static Stream<Arguments> reads() {
    return Stream.of(
        write("find", (s, b) -> s.find(Book.class, 2L)),
        write("lazy collection", (s, b) -> Hibernate.initialize(s.find(Book.class, 2L).tags())),
        write("lazy reference", (s, b) -> s.getReference(Book.class, 2L).title()),
        write("refresh", (s, b) -> s.refresh(b)),
        write("lock without a lock", (s, b) -> s.lock(b, LockMode.READ)),
        write("findMultiple", (s, b) -> s.findMultiple(Book.class, List.of(1L, 2L))),
        write("flush", (s, b) -> s.flush()),
        write("query", (s, b) -> s.createSelectionQuery("from Book", Book.class).getResultList()),
        write(
            "native query",
            (s, b) -> s.createNativeQuery("select 1", Integer.class).getSingleResult()),
        write(
            "query without a result",
            (s, b) -> s.createSelectionQuery("from Book where id=9", Book.class).uniqueResult()),
        write(
            "stream",
            (s, b) -> {
              try (var books = s.createSelectionQuery("from Book", Book.class).stream()) {
                assertThat(books).hasSize(2);
              }
            }),
        write(
            "scroll",
            (s, b) -> {
              try (var books = s.createSelectionQuery("from Book", Book.class).scroll()) {
                assertThat(books.next()).isTrue();
              }
            }),
        write(
            "result set of a failed query",
            (s, b) ->
                assertThatThrownBy(
                        () ->
                            s.createNativeQuery("select x from nowhere", Long.class)
                                .getResultList())
                    .isInstanceOf(org.hibernate.HibernateException.class)),
        write(
            "refused write",
            (s, b) ->
                assertThatThrownBy(() -> s.createMutationQuery("delete Book").executeUpdate())
                    .isInstanceOf(ReadOnlyEngineException.class)),
        write("doWork", (s, b) -> s.doWork(connection -> connection.getMetaData().getURL())),
        write("doReturningWork", (s, b) -> s.doReturningWork(connection -> 1)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("reads")
  void readHoldsNoConnectionAfterwards(String name, Attempt read) {
    assertThatCode(
            () ->
                Units.useUnit(
                    registry,
                    db -> {
                      read.on(db.reader(), load(db.reader()));
                      assertThat(recording.inUse()).isZero();
                    }))
        .doesNotThrowAnyException();
  }

  @Test
  void statelessReadHoldsNoConnectionAfterwards() {
    Units.useUnit(
        registry,
        db -> {
          StatelessSession stateless = db.on("reader").statelessSession();
          Book book = stateless.get(Book.class, 1L);
          assertThat(recording.inUse()).isZero();
          stateless.fetch(book.tags());
          assertThat(recording.inUse()).isZero();
          stateless.refresh(book);
          assertThat(recording.inUse()).isZero();
          stateless.createSelectionQuery("from Book", Book.class).getResultList();
          assertThat(recording.inUse()).isZero();
        });
  }

  @Test
  void entityStaysReadableAfterTheUnit() {
    Book book = Units.inUnit(registry, db -> load(db.reader()));

    assertThat(book.title()).isEqualTo("one");
    assertThat(book.tags()).containsExactly("first");
  }

  private static Book load(Session session) {
    Book book = session.find(Book.class, 1L);
    Hibernate.initialize(book.tags());
    recording.forget();
    return book;
  }
}
