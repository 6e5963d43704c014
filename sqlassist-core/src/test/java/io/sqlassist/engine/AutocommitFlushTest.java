package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.fixture.Book;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.RecordingObserver;
import io.sqlassist.session.Units;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AutocommitFlushTest {

  @Entity(name = "Entry")
  static class Entry {
    @Id @GeneratedValue long id;
  }

  @Entity(name = "Journal")
  static class Journal {
    @Id long id;

    @OneToMany(cascade = CascadeType.ALL)
    List<Entry> entries = new ArrayList<>();
  }

  private final DataSource dataSource = H2.dataSource();
  private final EngineRegistry registry = EngineRegistry.create(new RecordingObserver());
  private Engine logger;

  @BeforeEach
  void start() {
    logger =
        registry.initializeEngine(
            "logger",
            dataSource,
            c ->
                c.autocommit()
                    .entities(Book.class, Entry.class, Journal.class)
                    .property("hibernate.hbm2ddl.auto", "create"));
  }

  @AfterEach
  void close() {
    registry.close();
  }

  /** As another connection sees it. */
  private List<String> rows(String query) {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        rows.add(result.getString(1));
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void cascadeIsDurableAsAWhole() {
    Units.useUnit(
        registry,
        db -> {
          Journal journal = new Journal();
          journal.entries.add(new Entry());
          journal.entries.add(new Entry());
          db.logger().persist(journal);
          assertThat(rows("select id from Entry")).hasSize(2);
          assertThat(rows("select entries_id from Journal_Entry")).hasSize(2);
          db.logger().remove(journal);
          assertThat(rows("select id from Entry")).isEmpty();
        });
  }

  @Test
  void nativeQuerySeesWhatWasPersisted() {
    Units.useUnit(
        registry,
        db -> {
          db.logger().persist(new Book(1, "one"));
          assertThat(
                  db.logger()
                      .createNativeQuery("select title from Book", String.class)
                      .getResultList())
              .containsExactly("one");
        });
  }

  @Test
  void statementsAreDurableAtOnce() {
    Units.useUnit(
        registry,
        db -> {
          db.logger()
              .createNativeMutationQuery("insert into Book (id, title) values (1, 'one')")
              .executeUpdate();
          db.logger().createMutationQuery("update Book set title='two'").executeUpdate();
          assertThat(rows("select title from Book")).containsExactly("two");
          db.on("logger").statelessSession().insert(new Book(3, "three"));
          assertThat(rows("select title from Book")).contains("three");
        });
  }

  @Test
  void rollbackOfATransactionBegunByHandTakesNothingBack() {
    try (Session session = logger.openSession()) {
      session.beginTransaction();
      session.persist(new Book(1, "one"));
      session.getTransaction().rollback();
    }

    assertThat(rows("select title from Book")).containsExactly("one");
  }

  @Test
  void manualFlushModeIsRespected() {
    Units.useUnit(
        registry,
        db -> {
          db.logger().setHibernateFlushMode(FlushMode.MANUAL);
          db.logger().persist(new Book(1, "one"));
        });

    assertThat(rows("select title from Book")).isEmpty();
  }
}
