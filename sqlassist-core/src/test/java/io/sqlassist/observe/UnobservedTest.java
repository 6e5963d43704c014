package io.sqlassist.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.fixture.Book;
import io.sqlassist.fixture.H2;
import io.sqlassist.session.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import javax.sql.DataSource;
import javax.sql.XADataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.hibernate.Session;
import org.hibernate.SessionEventListener;
import org.hibernate.SessionFactory;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.event.spi.EventType;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.Test;

/** Watching costs nothing where nobody watches. */
class UnobservedTest {

  private static SessionFactoryImplementor implementor(SessionFactory factory) {
    return factory.unwrap(SessionFactoryImplementor.class);
  }

  private static Map<String, Integer> listeners(SessionFactory factory) {
    EventListenerRegistry registry = implementor(factory).getEventEngine().getListenerRegistry();
    Map<String, Integer> counts = new TreeMap<>();
    for (EventType<?> type : EventType.values()) {
      counts.put(type.eventName(), registry.getEventListenerGroup(type).count());
    }
    return counts;
  }

  @Test
  void hibernateGetsThePoolItselfAndNoListener() throws Exception {
    DataSource pool = H2.dataSource();
    try (EngineRegistry registry = EngineRegistry.create(Observer.NONE);
        SessionFactory plain =
            new HibernatePersistenceConfiguration("plain")
                .managedClass(Book.class)
                .jdbcUrl(H2.url())
                .createEntityManagerFactory()) {
      FutureTask<Engine> start =
          new FutureTask<>(
              () -> registry.initializeEngine("writer", pool, e -> e.entities(Book.class)));
      ThreadGroup own = new ThreadGroup("of this test"); // in which those that it starts are, too
      FutureTask<Integer> alive =
          new FutureTask<>(
              () -> {
                start.run();
                return own.activeCount();
              });
      new Thread(own, alive).start();
      Engine engine = start.get();

      assertThat(alive.get()).as("the one that started it").isEqualTo(1);
      assertThat(
              implementor(engine.sessionFactory())
                  .getServiceRegistry()
                  .requireService(ConnectionProvider.class)
                  .unwrap(DataSource.class))
          .isSameAs(pool);
      assertThat(listeners(engine.sessionFactory())).isEqualTo(listeners(plain));
    }
  }

  @Test
  void nobodyIsAskedToWrapOrToListenWhereNobodyObserves() {
    JdbcDataSource xa = (JdbcDataSource) H2.dataSource();
    assertThat(Observer.all()).isSameAs(Observer.NONE);
    assertThat(Observer.all(Observer.NONE)).isSameAs(Observer.NONE);
    assertThat(Observer.NONE.instrument("writer", xa)).isSameAs(xa);
    assertThat(Observer.NONE.instrumentXa("writer", xa)).isSameAs(xa);
    assertThat(
            Observer.NONE.unitStarted(
                new UnitInfo(1, "", java.time.Instant.EPOCH), name -> java.util.Optional.empty()))
        .isSameAs(UnitObserver.NONE);
  }

  @Test
  void factoryIsHandedOverBeforeAnySessionIsOpened() {
    List<String> told = new ArrayList<>();
    Observer observer =
        new Observer() {
          @Override
          public void factoryBuilt(String engine, SessionFactory factory) {
            told.add("built " + engine + " open=" + factory.isOpen());
          }

          @Override
          public void engineStarted(String engine, String description) {
            told.add("started " + engine);
          }
        };
    try (EngineRegistry registry = EngineRegistry.create(observer)) {
      registry.initializeEngine("writer", H2.dataSource(), e -> e.entities(Book.class));
    }

    assertThat(told).containsExactly("built writer open=true", "started writer");
  }

  @Test
  void observersWrapABranchOneAroundTheOther() {
    JdbcDataSource driver = (JdbcDataSource) H2.dataSource();
    List<XADataSource> seen = new ArrayList<>();
    JdbcDataSource wrapped = new JdbcDataSource();
    Observer first =
        new Observer() {
          @Override
          public XADataSource instrumentXa(String engine, XADataSource dataSource) {
            seen.add(dataSource);
            return wrapped;
          }
        };
    Observer second =
        new Observer() {
          @Override
          public XADataSource instrumentXa(String engine, XADataSource dataSource) {
            seen.add(dataSource);
            return dataSource;
          }
        };

    assertThat(Observer.all(first, second).instrumentXa("writer", driver)).isSameAs(wrapped);
    assertThat(seen).containsExactly(driver, wrapped);
  }

  @Test
  void observerMayHangAListenerOnASession() {
    List<String> flushed = new ArrayList<>();
    Observer observer =
        new Observer() {
          @Override
          public UnitObserver unitStarted(UnitInfo unit) {
            return new UnitObserver() {
              @Override
              public void sessionOpened(String engine, Session session) {
                session.addEventListeners(
                    new SessionEventListener() {
                      private static final long serialVersionUID = 1L;

                      @Override
                      public void flushEnd(int entities, int collections) {
                        flushed.add(engine + " " + entities);
                      }
                    });
              }
            };
          }
        };
    try (EngineRegistry registry = EngineRegistry.create(observer)) {
      Engine engine =
          registry.initializeEngine("writer", H2.dataSource(), e -> e.entities(Book.class));
      engine.sessionFactory().getSchemaManager().create(false);
      Units.useUnit(registry, db -> db.writer().persist(new Book(1, "x")));
    }

    assertThat(flushed).isNotEmpty().allMatch(each -> each.equals("writer 1"));
  }
}
