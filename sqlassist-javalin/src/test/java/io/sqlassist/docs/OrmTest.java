package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.SqlAssist;
import io.sqlassist.engine.ReadOnlyEngineException;
import io.sqlassist.javalin.SqlAssistPlugin;
import io.sqlassist.session.DbSessionsContainer;
import jakarta.persistence.OptimisticLockException;
import jakarta.validation.ConstraintViolationException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.hibernate.LazyInitializationException;
import org.hibernate.Session;
import org.hibernate.StatelessSession;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.PostInsertEvent;
import org.hibernate.event.spi.PostInsertEventListener;
import org.hibernate.persister.entity.EntityPersister;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of docs/orm.md. */
class OrmTest {

  private long austen;
  private long emma;

  @BeforeEach
  void openShop() {
    Shop.startEngines();
    Author author = new Author("Jane Austen");
    Novel novel = author.write("1", "Emma");
    author.write("2", "Persuasion");
    SqlAssist.useUnit(db -> db.writer().persist(author));
    austen = author.id();
    emma = novel.id();
  }

  @AfterEach
  void closeShop() {
    Shop.close();
  }

  private static List<String> novels() {
    return Shop.stored("writer", "select title from Novel order by isbn");
  }

  private static Novel novel(long id) {
    return SqlAssist.inUnit(db -> db.writer().find(Novel.class, id));
  }

  // Query

  @Test
  void eachEngineHasItsOwnObjects() {
    SqlAssist.useUnit(
        db -> {
          // tag::two-objects[]
          Novel shown = db.reader().find(Novel.class, emma);
          Novel changed = db.writer().find(Novel.class, emma); // another object, of this session
          changed.rename("Emma, revised");
          // end::two-objects[]
          assertThat(changed).isNotSameAs(shown);
          assertThat(db.sessionOf(shown)).containsSame(db.reader());
        });

    assertThat(novels()).containsExactly("Emma, revised", "Persuasion");
  }

  @Test
  void whatTheReaderLoadedMustNotBeChanged() {
    assertThatThrownBy(
            () ->
                SqlAssist.useUnit(
                    db -> db.reader().find(Novel.class, emma).rename("Emma, revised")))
        .isInstanceOf(ReadOnlyEngineException.class);

    assertThat(novels()).contains("Emma");
  }

  @Test
  void whatTheReaderLoadedIsMergedIntoTheWriter() {
    Novel detached = SqlAssist.inUnit(db -> db.reader().find(Novel.class, emma));
    detached.rename("Emma, revised");
    // tag::merge[]
    SqlAssist.useUnit(db -> db.writer().merge(detached)); // from a form, a cache, the reader
    // end::merge[]

    assertThat(novels()).contains("Emma, revised");
    assertThatThrownBy(() -> SqlAssist.useUnit(db -> db.writer().merge(detached)))
        .as("its version is the old one")
        .isInstanceOf(OptimisticLockException.class);
  }

  @Test
  void aStreamKeepsItsConnectionUntilItIsClosed() {
    SqlAssist.useUnit(
        db -> {
          List<String> titles = new ArrayList<>();
          // tag::stream[]
          try (Stream<String> rows =
              db.reader()
                  .createSelectionQuery("select title from Novel order by isbn", String.class)
                  .setFetchSize(500)
                  .getResultStream()) {
            rows.forEach(titles::add);
          } // the connection goes back here
          // end::stream[]
          assertThat(Shop.activeConnections()).isZero();
          assertThat(titles).containsExactly("Emma", "Persuasion");
        });
  }

  @Test
  void anOpenStreamHoldsOne() {
    SqlAssist.useUnit(
        db -> {
          try (Stream<Novel> rows =
              db.reader().createSelectionQuery("from Novel", Novel.class).getResultStream()) {
            assertThat(rows.iterator().hasNext()).isTrue();
            assertThat(Shop.activeConnections()).isEqualTo(1);
          }
        });
  }

  @Test
  void aListOfTheReaderGivesItsConnectionBackAtOnce() {
    SqlAssist.useUnit(
        db -> {
          db.reader().createSelectionQuery("from Novel", Novel.class).list();
          assertThat(Shop.activeConnections()).isZero();
          db.writer().createSelectionQuery("from Novel", Novel.class).list();
          assertThat(Shop.activeConnections()).isEqualTo(1);
        });
  }

  // Relationships

  @Test
  void lazyPartsAreLoadedByTheSessionOfTheirEntity() {
    SqlAssist.useUnit(
        db -> {
          // tag::lazy[]
          Author author = db.reader().find(Author.class, austen);
          int novels = author.novels().size(); // a statement of its own, on the reader
          // end::lazy[]
          assertThat(novels).isEqualTo(2);
          assertThat(db.isOpen("writer")).isFalse();
          assertThat(Shop.activeConnections()).isZero();
        });
  }

  @Test
  void lazyPartsOfAnEndedUnitAreLost() {
    Author author = SqlAssist.inUnit(db -> db.reader().find(Author.class, austen));

    assertThatThrownBy(() -> author.novels().size())
        .isInstanceOf(LazyInitializationException.class);
  }

  @Test
  void aJoinFetchBringsThemInOneStatement() {
    // tag::fetch[]
    Author author =
        SqlAssist.inUnit(
            db ->
                db.reader()
                    .createSelectionQuery(
                        "from Author a left join fetch a.novels where a.id = :id", Author.class)
                    .setParameter("id", austen)
                    .getSingleResult());
    int novels = author.novels().size(); // loaded: also when the unit is over
    // end::fetch[]
    assertThat(novels).isEqualTo(2);
  }

  @Test
  void anAssociationToAnObjectOfAnotherSessionIsAReferenceByKey() {
    // tag::reference[]
    SqlAssist.useUnit(
        db -> {
          Author shown = db.reader().find(Author.class, austen);
          Author author = db.writer().getReference(Author.class, shown.id()); // no statement
          db.writer().persist(new Novel(author, "3", "Mansfield Park"));
        });
    // end::reference[]
    assertThat(novels()).hasSize(3);
  }

  // Bulk

  @Test
  void aBulkStatementGoesAroundTheSession() {
    SqlAssist.useUnit(
        db -> {
          // tag::bulk[]
          Novel novel = db.writer().find(Novel.class, emma);
          db.writer()
              .createMutationQuery("update versioned Novel set title = upper(title)")
              .executeUpdate();
          String before = novel.title(); // Emma: the session does not know
          db.writer().refresh(novel);
          String after = novel.title(); // EMMA
          // end::bulk[]
          assertThat(before).isEqualTo("Emma");
          assertThat(after).isEqualTo("EMMA");
          assertThat(novel.version()).isEqualTo(1);
        });
    assertThat(novels()).containsExactly("EMMA", "PERSUASION");
  }

  @Test
  void withoutVersionedNobodyNotices() {
    SqlAssist.useUnit(
        db -> db.writer().createMutationQuery("update Novel set title = 'x'").executeUpdate());

    assertThat(novel(emma).version()).isZero();
  }

  @Test
  void whatTheSessionHoldsIsFlushedBeforeABulkStatement() {
    SqlAssist.useUnit(
        db -> {
          db.writer().persist(new Novel(null, "3", "Mansfield Park"));
          assertThat(db.writer().createMutationQuery("delete Novel").executeUpdate()).isEqualTo(3);
        });
    assertThat(novels()).isEmpty();
  }

  @Test
  void onTheLoggerABulkStatementIsDurableAtOnce() {
    assertThatThrownBy(
            () ->
                SqlAssist.useUnit(
                    db -> {
                      db.logger().persist(new AuditLine("old"));
                      db.logger()
                          .createMutationQuery("update AuditLine set text = 'new'")
                          .executeUpdate();
                      throw new SoldOutException();
                    }))
        .isInstanceOf(SoldOutException.class);

    assertThat(Shop.audit()).containsExactly("new");
  }

  @Test
  void manyRowsAreStoredWithoutASession() {
    List<Novel> novels =
        Stream.of("3", "4", "5").map(isbn -> new Novel(null, isbn, "No. " + isbn)).toList();
    // tag::stateless[]
    SqlAssist.useUnit(
        db -> {
          db.writer().flush(); // what the session holds, goes before
          StatelessSession bulk = db.on("writer").statelessSession();
          bulk.insertMultiple(novels); // in JDBC batches; the same transaction as the session
        });
    // end::stateless[]
    assertThat(novels()).hasSize(5);
  }

  @Test
  void theStatelessSessionIsBoundByTheEngineToo() {
    assertThatThrownBy(
            () ->
                SqlAssist.useUnit(
                    db -> db.on("reader").statelessSession().upsert(new Stock("1", 3))))
        .isInstanceOf(ReadOnlyEngineException.class);
    assertThatThrownBy(() -> SqlAssist.useUnit(db -> Upserts.add(db.reader(), "1", 3)))
        .isInstanceOf(ReadOnlyEngineException.class);
    assertThatThrownBy(
            () ->
                SqlAssist.useUnit(
                    db -> {
                      db.on("writer").statelessSession().insert(new Stock("1", 3));
                      throw new SoldOutException();
                    }))
        .isInstanceOf(SoldOutException.class);

    assertThat(Shop.stored("writer", "select isbn from Stock")).isEmpty();
  }

  @Test
  void aStatelessUpdateCountsTheVersionAndDoesNotCascade() {
    SqlAssist.useUnit(
        db -> {
          StatelessSession stateless = db.on("writer").statelessSession();
          Novel novel = stateless.get(Novel.class, emma);
          novel.rename("Emma, revised");
          stateless.update(novel);
          Author author = new Author("Mary Shelley");
          author.write("8", "Frankenstein");
          stateless.insert(author);
        });

    assertThat(novel(emma).version()).isEqualTo(1);
    assertThat(novels()).containsExactly("Emma, revised", "Persuasion");
  }

  // Events

  /** Tells, after the commit, what was stored. */
  // tag::listener[]
  static class NewNovels implements PostInsertEventListener {
    private static final long serialVersionUID = 1L;

    private final transient List<String> messages = new CopyOnWriteArrayList<>();

    @Override
    public void onPostInsert(PostInsertEvent event) {
      if (event.getEntity() instanceof Novel novel
          && event.getSession() instanceof Session session) {
        DbSessionsContainer.of(session)
            .ifPresent(db -> db.afterCommit(report -> messages.add("new: " + novel.title())));
      }
    }

    @Override
    public boolean requiresPostCommitHandling(EntityPersister persister) {
      return false;
    }
  }

  // end::listener[]

  @Test
  void aListenerHearsOfOneEngineAndCanWaitForTheCommit() {
    NewNovels listener = new NewNovels();
    // tag::register[]
    SqlAssist.engine("writer")
        .sessionFactory()
        .unwrap(SessionFactoryImplementor.class)
        .getEventEngine()
        .getListenerRegistry()
        .appendListeners(EventType.POST_INSERT, listener);
    // end::register[]

    SqlAssist.useUnit(db -> db.writer().persist(new Novel(null, "3", "Mansfield Park")));
    assertThat(listener.messages).containsExactly("new: Mansfield Park");
    assertThatThrownBy(
            () ->
                SqlAssist.useUnit(
                    db -> {
                      db.writer().persist(new Novel(null, "4", "Sanditon"));
                      db.writer().flush();
                      throw new SoldOutException();
                    }))
        .isInstanceOf(SoldOutException.class);
    assertThat(listener.messages).hasSize(1);
  }

  @Test
  void statelessWorkIsHeardWithoutASessionAndBulkStatementsAreNot() {
    List<Object> heard = new CopyOnWriteArrayList<>();
    SqlAssist.engine("writer")
        .sessionFactory()
        .unwrap(SessionFactoryImplementor.class)
        .getEventEngine()
        .getListenerRegistry()
        .appendListeners(
            EventType.POST_INSERT,
            new NewNovels() {
              private static final long serialVersionUID = 1L;

              @Override
              public void onPostInsert(PostInsertEvent event) {
                heard.add(((Novel) event.getEntity()).title());
                heard.add(event.getSession() instanceof Session);
              }
            });
    SqlAssist.useUnit(
        db -> {
          db.on("writer").statelessSession().insert(new Novel(null, "5", "Northanger Abbey"));
          db.writer()
              .createMutationQuery("insert into Novel (isbn, title) values ('6', 'Lady Susan')")
              .executeUpdate();
        });

    assertThat(novels()).hasSize(4);
    assertThat(heard).containsExactly("Northanger Abbey", false);
  }

  // Validation

  @Test
  void whatIsNotValidFailsAtTheFlush() throws Exception {
    try (Server server =
        Server.start(
            config -> {
              config.registerPlugin(new SqlAssistPlugin());
              config.routes.post(
                  "/novels",
                  ctx -> {
                    DbSessionsContainer db = ctx.with(SqlAssistPlugin.class);
                    db.writer().persist(new Novel(null, "3", ctx.queryParam("title")));
                    ctx.status(201);
                  });
              // tag::validation[]
              config.routes.exception(
                  ConstraintViolationException.class, // of jakarta.validation
                  (e, ctx) ->
                      ctx.status(400)
                          .result(
                              e.getConstraintViolations().stream()
                                  .map(each -> each.getPropertyPath() + " " + each.getMessage())
                                  .toList()
                                  .toString()));
              // end::validation[]
            })) {
      HttpResponse<String> refused = server.post("/novels?title=");
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(refused.body()).isEqualTo("[title must not be blank]");
      assertThat(novels()).hasSize(2);
      assertThat(server.post("/novels?title=Sanditon").statusCode()).isEqualTo(201);
    }
  }

  @Test
  void bulkStatementsAreNotValidatedAndStatelessInsertsAre() {
    SqlAssist.useUnit(
        db -> db.writer().createMutationQuery("update Novel set title = ''").executeUpdate());
    assertThat(novels()).containsExactly("", "");

    assertThatThrownBy(
            () ->
                SqlAssist.useUnit(
                    db -> db.on("writer").statelessSession().insert(new Novel(null, "3", ""))))
        .isInstanceOf(ConstraintViolationException.class);
    assertThat(novels()).hasSize(2);
  }

  @Test
  void onAnAutocommitEngineItIsPersistThatFails() {
    SqlAssist.useUnit(
        db -> {
          SqlAssist.initializeEngine(
              "notes", engine -> engine.url("jdbc:h2:mem:shop").autocommit());
          assertThatThrownBy(() -> db.session("notes").persist(new Author("")))
              .isInstanceOf(ConstraintViolationException.class);
        });
  }

  @Test
  void validationIsSwitchedOffForOneEngine() {
    // tag::validation-off[]
    SqlAssist.initializeEngine(
        "imports",
        engine ->
            engine.url("jdbc:h2:mem:shop").property("jakarta.persistence.validation.mode", "none"));
    // end::validation-off[]
    SqlAssist.useUnit(db -> db.session("imports").persist(new Novel(null, "3", "")));

    assertThat(novels()).hasSize(3);
  }
}
