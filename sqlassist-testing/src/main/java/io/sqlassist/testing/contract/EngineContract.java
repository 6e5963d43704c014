package io.sqlassist.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.observe.Observer;
import io.sqlassist.session.Units;
import org.hibernate.Session;

/** What contracts do to engines: the courses that a unit of work can take. */
abstract class EngineContract {

  static final String WRITER = "writer";

  EngineContract() {}

  /**
   * Initialises an engine {@code writer}, read-write, on an empty database with the tables of
   * {@link #entity}.
   *
   * @param registry takes the engine; it is closed after each test
   */
  protected abstract void initialize(EngineRegistry registry);

  /**
   * Makes an entity.
   *
   * @param text a text that the database lets no two entities have
   * @return an entity that is not persisted
   */
  protected abstract Object entity(String text);

  /** Runs every course that a unit of work can take, one after the other. */
  final void allCourses(EngineRegistry registry, String name) {
    Units.useUnit(registry, db -> {});
    Units.useUnit(registry, db -> db.writer().persist(entity(name)));
    Units.useUnit(
        registry,
        db -> {
          db.writer().persist(entity(name + " again"));
          db.commit();
          db.writer().persist(entity(name + " lost"));
          db.rollback();
          db.on(WRITER).close();
          useIt(db.writer());
          Units.useUnit(registry, inner -> inner.writer().persist(entity(name + " inside")));
        });
    fails(() -> Units.useUnit(registry, db -> db.writer().persist(entity(name))));
    fails(
        () ->
            Units.useUnit(
                registry,
                db -> {
                  useIt(db.writer());
                  throw new IllegalStateException("on purpose");
                }));
    Units.useUnit(
        registry,
        db -> {
          useIt(db.writer());
          db.doom();
        });
    try (Session session = registry.engine(WRITER).openSession()) {
      useIt(session);
    }
  }

  private static void useIt(Session session) {
    session
        .getSessionFactory()
        .getMetamodel()
        .getEntities()
        .forEach(
            type ->
                session
                    .createSelectionQuery("from " + type.getName(), Object.class)
                    .setMaxResults(1)
                    .list());
  }

  private static void fails(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      return; // as it should
    }
    throw new AssertionError(
        "A unit of work committed that should have failed. Does entity(text) make entities whose"
            + " text is unique in the database, and does what is tested let failures pass?");
  }

  /** Runs every course on four threads at once. */
  final void allCoursesAtOnce(EngineRegistry registry) throws Exception {
    AtOnce.run(8, 60, number -> allCourses(registry, "course " + number));
  }

  /** What is in the table: three of each course. */
  final void assertDurable(EngineRegistry registry, int courses) {
    int rows =
        Units.<Integer, RuntimeException>inUnit(
            registry,
            db -> {
              Class<?> type = entity("unused").getClass();
              String name = db.writer().getSessionFactory().getMetamodel().entity(type).getName();
              return db.writer().createSelectionQuery("from " + name, Object.class).list().size();
            });
    assertEquals(3 * courses, rows, "what units of work have committed is not what is durable");
  }

  final EngineRegistry start(Observer observer) {
    EngineRegistry registry = EngineRegistry.create(observer);
    try {
      initialize(registry);
      return registry;
    } catch (RuntimeException | Error e) {
      registry.close();
      throw e;
    }
  }
}
