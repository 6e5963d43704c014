package io.sqlassist.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.benchmarks.Database.Use;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.engine.transaction.jta.platform.internal.NoJtaPlatform;
import org.hibernate.jpa.HibernatePersistenceConfiguration;

/** The table of books, and a hundred of them to be read. */
final class Bookshelf {

  static final int BOOKS = 100;

  private Bookshelf() {}

  /** Makes the table and fills it, once for each database. */
  static void fill(Database database) {
    try (HikariDataSource pool = database.pool(Use.USUAL, 1)) {
      Map<String, Object> settings = new HashMap<>();
      settings.put(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool);
      settings.put(AvailableSettings.HBM2DDL_AUTO, "create");
      settings.put(AvailableSettings.JTA_PLATFORM, NoJtaPlatform.INSTANCE);
      try (SessionFactory factory =
          new HibernatePersistenceConfiguration("fill")
              .managedClass(Book.class)
              .properties(settings)
              .createEntityManagerFactory()) {
        factory.inTransaction(
            session -> {
              for (int i = 1; i <= BOOKS; i++) {
                session.persist(new Book("Book " + i, i));
              }
            });
      }
    }
  }

  /** Takes what was inserted out again, so that each iteration begins with the same table. */
  static void trim(Database database) {
    try (HikariDataSource pool = database.pool(Use.USUAL, 1);
        Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("delete from Book where id > " + BOOKS);
    } catch (SQLException e) {
      throw new IllegalStateException("The books that were inserted can't be deleted", e);
    }
  }
}
