package io.sqlassist.testing;

import io.sqlassist.engine.Engine;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A connection that sees a database as it was at one moment.
 *
 * <p>Thread-safe: one statement at a time.
 */
final class Snapshot implements AutoCloseable {

  /** The databases whose snapshots are known, and how one begins. */
  private enum Product {
    H2("SELECT 1", false),
    POSTGRESQL("SELECT 1", true),
    MARIADB("START TRANSACTION WITH CONSISTENT SNAPSHOT", false),
    MYSQL("START TRANSACTION WITH CONSISTENT SNAPSHOT", false);

    private final String begin;

    /**
     * Whether a statement that fails costs the transaction, and with it the snapshot; and whether
     * the end of a transaction costs the rows that were not fetched yet.
     */
    private final boolean fragile;

    Product(String begin, boolean fragile) {
      this.begin = begin;
      this.fragile = fragile;
    }

    static Product of(String engine, Connection connection) throws SQLException {
      String name = connection.getMetaData().getDatabaseProductName();
      for (Product product : values()) {
        if (product.name().equals(name.toUpperCase(Locale.ROOT))) {
          return product;
        }
      }
      throw new UnsupportedOperationException(
          "Engine '"
              + engine
              + "' can't lag behind: its database is "
              + name
              + ", and how to hold a snapshot is known of H2, PostgreSQL, MariaDB and MySQL.");
    }
  }

  private static final int H2_SNAPSHOT = 6; // org.h2.engine.Constants.TRANSACTION_SNAPSHOT

  private final Connection connection;
  private final Product product;
  private final boolean autoCommitBefore;
  private final int isolationBefore;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean closed;

  Snapshot(Engine engine) throws SQLException {
    connection = engine.dataSource().getConnection();
    try {
      product = Product.of(engine.name(), connection);
      autoCommitBefore = connection.getAutoCommit();
      isolationBefore = connection.getTransactionIsolation();
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(
          product == Product.H2 ? H2_SNAPSHOT : Connection.TRANSACTION_REPEATABLE_READ);
      begin();
    } catch (SQLException | RuntimeException | Error e) {
      CleanUp.attempt(connection::close, e);
      throw e;
    }
  }

  private void begin() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(product.begin);
    }
  }

  /** Lets it see what is committed now. */
  void renew() throws SQLException {
    lock.lock();
    try {
      connection.rollback();
      begin();
    } finally {
      lock.unlock();
    }
  }

  /** Gives the connection back as it was; a second call does nothing. */
  @Override
  public void close() throws SQLException {
    lock.lock();
    try (Connection closing = connection) {
      if (!closed) {
        closed = true;
        closing.rollback();
        closing.setTransactionIsolation(isolationBefore);
        closing.setAutoCommit(autoCommitBefore);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The connection for those who read. */
  Connection connection() {
    return view(Connection.class, connection);
  }

  private <T> T view(Class<T> type, T target) {
    return type.cast(
        Proxy.newProxyInstance(
            Snapshot.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "equals" -> proxy == arguments[0];
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "toString" -> "snapshot on " + target;
                  default -> call(target, method, arguments);
                }));
  }

  private @Nullable Object call(
      Object target, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    lock.lock();
    try {
      if (method.getName().startsWith("execute") && product.fragile) {
        return executeSafely(target, method, arguments);
      }
      if (method.getName().equals("setFetchSize") && product.fragile) {
        return pass(target, method, new Object[] {0}); // all rows: they outlast catching up
      }
      Object result = pass(target, method, arguments);
      if (result instanceof CallableStatement statement) {
        return view(CallableStatement.class, statement);
      }
      if (result instanceof PreparedStatement statement) {
        return view(PreparedStatement.class, statement);
      }
      return result instanceof Statement statement && target instanceof Connection
          ? view(Statement.class, statement)
          : result;
    } finally {
      lock.unlock();
    }
  }

  /** A query that fails on a replica costs nobody else anything. */
  private @Nullable Object executeSafely(
      Object target, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    Savepoint before = connection.setSavepoint();
    try {
      Object result = pass(target, method, arguments);
      connection.releaseSavepoint(before);
      return result;
    } catch (SQLException e) {
      CleanUp.attempt(() -> connection.rollback(before), e);
      throw e;
    }
  }

  private static @Nullable Object pass(
      Object target, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
