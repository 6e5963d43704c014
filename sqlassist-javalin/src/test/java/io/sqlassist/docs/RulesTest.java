package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sqlassist.SqlAssist;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.find.Finder;
import io.sqlassist.javalin.SqlAssistPlugin;
import io.sqlassist.observe.Observer;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.hibernate.Session;
import org.hibernate.StatelessSession;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of docs/rules, and the errors that they show. */
class RulesTest {

  private Server server;

  @BeforeEach
  void openShop() {
    Shop.startEngines();
    Shop.startLedger();
  }

  @AfterEach
  void closeShop() {
    if (server != null) {
      server.close();
    }
    Shop.close();
  }

  @Test
  void aRequestReadsWithTheReaderAndWritesWithTheWriter() throws Exception {
    server =
        Server.start(
            config -> {
              // tag::requests[]
              config.registerPlugin(new SqlAssistPlugin());
              config.routes.get(
                  "/books/{id}",
                  ctx -> {
                    DbSessionsContainer db = ctx.with(SqlAssistPlugin.class);
                    Book book = db.reader().find(Book.class, Long.valueOf(ctx.pathParam("id")));
                    ctx.result(book == null ? "none" : book.title());
                  });
              config.routes.post(
                  "/books/{title}",
                  ctx -> {
                    DbSessionsContainer db = ctx.with(SqlAssistPlugin.class);
                    Book book = new Book(ctx.pathParam("title"));
                    db.writer().persist(book);
                    ctx.status(201).result(Long.toString(book.id()));
                  }); // committed here, before the answer is sent
              // end::requests[]
            });

    String id = server.post("/books/Emma").body();
    assertThat(server.get("/books/" + id).body()).isEqualTo("Emma");
    assertThat(server.get("/books/4711").body()).isEqualTo("none");
  }

  @Test
  void aJobHasAUnitOfItsOwn() {
    SqlAssist.useUnit(db -> db.writer().persist(new Book("Ema")));
    // tag::job[]
    SqlAssist.useUnit(
        db -> {
          for (Book book :
              db.writer()
                  .createSelectionQuery("from Book where title = :title", Book.class)
                  .setParameter("title", "Ema")
                  .list()) {
            book.rename("Emma"); // a managed entity: no save, no update
          }
        }); // committed and closed; rolled back if the block throws
    // end::job[]
    assertThat(Shop.titles()).containsExactly("Emma");
  }

  @Test
  void eachEntityLivesOnAnEngine() {
    // tag::places[]
    SqlAssist.useUnit(
        db -> {
          db.writer().persist(new Book("Emma"));
          db.sessionFor(Booking.class).persist(new Booking("4711")); // @OnEngine("ledger")
        });
    // end::places[]
    assertThat(Shop.bookings()).containsExactly("4711");
  }

  @Test
  void queriesBindTheirValues() {
    SqlAssist.useUnit(db -> db.writer().persist(new Book("Emma")));
    SqlAssist.useUnit(
        db -> {
          String wanted = "em";
          // tag::queries[]
          List<String> titles = // only what is needed
              db.reader()
                  .createSelectionQuery(
                      "select title from Book where lower(title) like :begin order by title, id",
                      String.class)
                  .setParameter("begin", wanted + "%")
                  .setMaxResults(20)
                  .list();
          List<Book> books =
              Finder.of(db.reader(), Book.class).startingWith("title", wanted).list();
          int renamed =
              db.writer()
                  .createMutationQuery("update Book set title = :new where title = :old")
                  .setParameter("new", "Emma, revised")
                  .setParameter("old", "Emma")
                  .executeUpdate();
          // end::queries[]
          assertThat(titles).containsExactly("Emma");
          assertThat(books).hasSize(1);
          assertThat(renamed).isEqualTo(1);
        });
    assertThat(Shop.titles()).containsExactly("Emma, revised");
  }

  @Test
  void aTryThatMayFailHasASavepoint() {
    SqlAssist.useUnit(db -> db.writer().persist(new Book("Emma")));
    List<String> mails = new ArrayList<>();
    // tag::savepoint[]
    SqlAssist.useUnit(
        db -> {
          try {
            db.on("writer")
                .savepoint(
                    session -> {
                      session.persist(new Book("Emma"));
                      session.flush(); // what can fail fails inside of the block
                      return null;
                    });
          } catch (ConstraintViolationException e) { // caught outside of it
            db.writer().persist(new Book("Emma, again"));
          }
          db.afterCommit(report -> mails.add("Emma is in stock"));
        });
    // end::savepoint[]
    assertThat(Shop.titles()).containsExactly("Emma", "Emma, again");
    assertThat(mails).hasSize(1);
  }

  @Test
  void aTestHasARegistryOfItsOwn() {
    // tag::own-registry[]
    try (EngineRegistry engines = EngineRegistry.create(Observer.NONE)) {
      engines.initializeEngine(
          "writer",
          engine ->
              engine
                  .url("jdbc:h2:mem:of-this-test")
                  .entities(Book.class)
                  .property("hibernate.hbm2ddl.auto", "create"));
      Units.useUnit(engines, db -> db.writer().persist(new Book("Emma")));
      // the code under test, with this registry; for Javalin: plugin.registry = engines

      List<String> stored = // in another unit: what was committed, and nothing else
          Units.inUnit(
              engines,
              db ->
                  db.writer().createSelectionQuery("select title from Book", String.class).list());
      assertThat(stored).containsExactly("Emma");
    }
    // end::own-registry[]
  }

  @Test
  void connectionsAreNotHeldWhileOthersAreAsked() {
    List<String> calls = new ArrayList<>();
    long id =
        SqlAssist.inUnit(
            db -> {
              Book book = new Book("Ema");
              db.writer().persist(book);
              return book.id();
            });
    // tag::apart[]
    String title = SqlAssist.inUnit(db -> db.reader().find(Book.class, id).title());
    String better = askAnotherServer(title); // no unit is open, no connection is held
    SqlAssist.useUnit(db -> db.writer().find(Book.class, id).rename(better));
    // end::apart[]
    calls.add(better);
    assertThat(Shop.titles()).containsExactly("Emma");
  }

  private static String askAnotherServer(String title) {
    return title.replace("Ema", "Emma");
  }

  @Test
  void manyRowsGoThroughAStatelessSession() {
    List<String> titles = List.of("Emma", "Persuasion");
    // tag::bulk[]
    SqlAssist.useUnit(
        db -> {
          StatelessSession bulk = db.on("writer").statelessSession();
          bulk.setJdbcBatchSize(50);
          titles.forEach(title -> bulk.insert(new Book(title)));
        });
    // end::bulk[]
    assertThat(Shop.titles()).containsExactlyElementsOf(titles);
  }

  @Test
  void theErrorsInTheRulesAreThoseThatAreThrown() throws Exception {
    SqlAssist.useUnit(db -> db.writer().persist(new Book("Emma")));
    DbSessionsContainer ended = SqlAssist.inUnit(db -> db);
    Set<String> thrown = new TreeSet<>();
    for (ThrowingCallable mistake :
        List.<ThrowingCallable>of(
            SqlAssist::current,
            ended::writer,
            () -> SqlAssist.useUnit(db -> db.session("wirter")),
            () -> SqlAssist.useUnit(db -> db.reader().persist(new Book("Persuasion"))),
            RulesTest::storeOnTheWrongEngine,
            () ->
                SqlAssist.initializeEngine(
                    "other",
                    engine ->
                        engine
                            .url("jdbc:h2:mem:shop")
                            .property("hibernate.connection.autocommit", true)),
            () ->
                SqlAssist.initializeEngine(
                    "other",
                    engine ->
                        engine
                            .url("jdbc:h2:mem:shop")
                            .readOnly()
                            .property("hibernate.hbm2ddl.auto", "update")),
            () ->
                SqlAssist.useUnit(
                    db -> Finder.of(db.reader(), Book.class).with("titel", "Emma").list()),
            () ->
                SqlAssist.useUnit(
                    db -> db.reader().createMutationQuery("delete Book").executeUpdate()),
            () -> SqlAssist.useUnit(RulesTest::catchAViolation),
            () -> SqlAssist.useUnit(RulesTest::commitByHand),
            () -> SqlAssist.initializeEngine("writer", engine -> engine.url("jdbc:h2:mem:shop")))) {
      Throwable failure = catchThrowable(mistake);
      assertThat(failure).as("mistake %s", thrown.size() + 1).isNotNull();
      thrown.add(Pages.asShown(failure));
    }

    assertThat(errorsInTheRules()).isEqualTo(thrown);
  }

  @Test
  void theWarningAndTheErrorOfAFullPoolBeginAsShown() throws Exception {
    List<String> warnings = new CopyOnWriteArrayList<>();
    Observer observer =
        new Observer() {
          @Override
          public void engineWarning(String engine, String warning) {
            warnings.add(warning);
          }
        };
    try (EngineRegistry engines = EngineRegistry.create(observer)) {
      engines.initializeEngine(
          "writer",
          engine ->
              engine
                  .url("jdbc:h2:mem:narrow")
                  .pool(pool -> pool.setMaximumPoolSize(1))
                  .acquireTimeout(Duration.ofMillis(250))
                  .entities(Book.class)
                  .property("hibernate.hbm2ddl.auto", "create"));
      Throwable busy =
          catchThrowable(
              () ->
                  Units.useUnit(
                      engines,
                      outer -> {
                        outer.writer().persist(new Book("Emma"));
                        Units.useUnit(
                            engines, inner -> inner.writer().persist(new Book("Persuasion")));
                      }));

      List<String> shown =
          Files.readAllLines(Pages.DOCS.resolve("rules/performance.md")).stream()
              .filter(line -> line.startsWith("    "))
              .map(String::strip)
              .toList();
      // It tells how long the caller has really waited.
      assertThat(Pages.asShown(busy).replaceFirst("within \\d+ ms", "within 250 ms"))
          .startsWith(shown.get(shown.size() - 2));
      assertThat(warnings)
          .anySatisfy(warning -> assertThat(warning).startsWith(shown.get(shown.size() - 1)));
    }
  }

  private static void storeOnTheWrongEngine() {
    try (EngineRegistry engines = EngineRegistry.create(Observer.NONE)) {
      engines.initializeEngine(
          "writer", engine -> engine.url("jdbc:h2:mem:of-books").entities(Book.class));
      engines.initializeEngine(
          "ledger", engine -> engine.url("jdbc:h2:mem:of-bookings").entities(Booking.class));
      Units.useUnit(engines, db -> db.writer().persist(new Booking("4711")));
    }
  }

  private static void catchAViolation(DbSessionsContainer db) {
    try {
      db.writer().persist(new Book("Emma"));
      db.writer().flush();
    } catch (ConstraintViolationException e) {
      // thought to be harmless
    }
  }

  private static void commitByHand(DbSessionsContainer db) {
    Session writer = db.writer();
    writer.persist(new Book("Persuasion"));
    writer.getTransaction().commit();
    writer.persist(new Book("Mansfield Park"));
  }

  /** As they were thrown: without the line breaks of the page. */
  private static Set<String> errorsInTheRules() throws IOException {
    try (Stream<Path> rules = Files.list(Pages.DOCS.resolve("rules"))) {
      return rules
          .flatMap(rule -> Pages.shown(rule).stream())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
