package io.sqlassist.jta;

import com.arjuna.ats.arjuna.common.Uid;
import com.arjuna.ats.jta.xa.XATxConverter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.function.BiConsumer;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/**
 * Finds out, when an engine is initialised, what would otherwise fail at the first commit of two
 * engines or at the first recovery.
 */
final class RegistrationCheck {

  private final String engine;
  private final XaPool pool;
  private final BiConsumer<String, String> warnings;

  RegistrationCheck(String engine, XaPool pool, BiConsumer<String, String> warnings) {
    this.engine = engine;
    this.pool = pool;
    this.warnings = warnings;
  }

  /**
   * Prepares an empty branch, looks for it, and rolls it back.
   *
   * @return where the database is, as its driver tells it
   */
  @Nullable String run(XADataSource dataSource) {
    XAConnection opened;
    try {
      opened = dataSource.getXAConnection();
    } catch (SQLException e) {
      throw new JtaStartException(
          "Engine '" + engine + "' does not start: its database could not be reached: " + e, e);
    }
    try {
      XAResource resource = opened.getXAResource();
      if (resource == null) {
        throw new JtaStartException(
            "Engine '"
                + engine
                + "' does not start: its XADataSource has no XAResource, so that its connections"
                + " would commit by themselves. Give the driver's own XADataSource.",
            null);
      }
      String url = settings(opened);
      tryTwoPhases(resource);
      return url;
    } catch (SQLException | XAException e) {
      throw new JtaStartException(
          "Engine '"
              + engine
              + "' does not start: its database can't prepare a transaction, or its user may not: "
              + reason(e)
              + ". The user needs the rights for XA START, PREPARE, RECOVER and ROLLBACK (on MySQL"
              + " XA_RECOVER_ADMIN); a database without two-phase commit can only be the last"
              + " resource: XaPool.lastResource(dataSource).",
          e);
    } finally {
      close(opened);
    }
  }

  private static String reason(Exception failure) {
    Throwable reason = failure.getCause() == null ? failure : failure.getCause();
    return failure instanceof XAException xa
        ? reason.getMessage() + " (XA error " + xa.errorCode + ")"
        : String.valueOf(reason.getMessage());
  }

  private @Nullable String settings(XAConnection opened) throws SQLException {
    try (Connection connection = opened.getConnection()) {
      String product = connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
      if (product.equals("postgresql")) {
        checkPreparedTransactions(connection);
      }
      return connection.getMetaData().getURL();
    }
  }

  private void checkPreparedTransactions(Connection connection) throws SQLException {
    int allowed;
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("show max_prepared_transactions")) {
      row.next();
      allowed = Integer.parseInt(row.getString(1));
    }
    if (allowed == 0) {
      throw new JtaStartException(
          "Engine '"
              + engine
              + "' does not start: its PostgreSQL server has max_prepared_transactions = 0, its"
              + " default, and would refuse every commit of two engines. Set it to the number of"
              + " connections of all JTA pools on that server, at least "
              + pool.maximumPoolSize
              + ", in postgresql.conf, and restart the server.",
          null);
    }
    if (allowed < pool.maximumPoolSize) {
      warnings.accept(
          engine,
          "its PostgreSQL server has max_prepared_transactions = "
              + allowed
              + ", but the pool has "
              + pool.maximumPoolSize
              + " connections: under load some commits will be refused. Set it to the number of"
              + " connections of all JTA pools on that server.");
    }
  }

  /** Under this node's id: should this process die here, recovery rolls it back. */
  private void tryTwoPhases(XAResource resource) throws XAException {
    Xid branch = XATxConverter.getXid(new Uid(), true, XATxConverter.FORMAT_ID);
    resource.start(branch, XAResource.TMNOFLAGS);
    resource.end(branch, XAResource.TMSUCCESS);
    int vote;
    try {
      vote = resource.prepare(branch);
    } catch (XAException e) {
      rollback(resource, branch, e);
      throw e;
    }
    try {
      resource.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN);
    } catch (XAException e) {
      rollback(resource, branch, e);
      throw e;
    }
    if (vote != XAResource.XA_RDONLY) {
      resource.rollback(branch);
    }
  }

  private static void rollback(XAResource resource, Xid branch, XAException cause) {
    try {
      resource.rollback(branch);
    } catch (XAException more) {
      cause.addSuppressed(more);
    }
  }

  private void close(XAConnection opened) {
    try {
      opened.close();
    } catch (SQLException e) {
      warnings.accept(engine, "a connection of the check at its start could not be closed: " + e);
    }
  }
}
