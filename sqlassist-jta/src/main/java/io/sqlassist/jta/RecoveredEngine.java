package io.sqlassist.jta;

import com.arjuna.ats.jta.recovery.XAResourceRecoveryHelper;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jboss.tm.XAResourceWrapper;
import org.jspecify.annotations.Nullable;

/**
 * One engine as recovery sees it: a connection of its own for each scan, and what is prepared
 * there. The same object in every scan, since Narayana tells by it how old a prepared branch is.
 */
final class RecoveredEngine implements XAResourceRecoveryHelper, XAResourceWrapper {

  private final String engine;
  private final XADataSource dataSource;
  private final Recovery recovery;
  private @Nullable XAConnection connection;
  private @Nullable XAResource resource;
  private List<Xid> foundFirst = List.of();
  private volatile List<Xid> prepared = List.of();

  RecoveredEngine(String engine, XADataSource dataSource, Recovery recovery) {
    this.engine = engine;
    this.dataSource = dataSource;
    this.recovery = recovery;
  }

  String engine() {
    return engine;
  }

  boolean isReached() {
    return resource != null;
  }

  /** What the last scan found prepared from its beginning to its end, also by others. */
  List<Xid> prepared() {
    return prepared;
  }

  @Override
  public boolean initialise(String parameters) {
    return true;
  }

  /** Nothing where the engine is down: what is thrown here Narayana would log at every scan. */
  @Override
  public XAResource[] getXAResources() {
    if (recovery.isClosed()) {
      return new XAResource[0];
    }
    if (resource == null) {
      try {
        connection = dataSource.getXAConnection();
        resource = connection.getXAResource();
        foundFirst = preparedNow(resource);
      } catch (SQLException | XAException | RuntimeException | Error e) {
        endScan();
        recovery.isUnreachable(engine, e);
        return new XAResource[0];
      }
      recovery.isReachable(engine);
    }
    return new XAResource[] {this};
  }

  private static List<Xid> preparedNow(XAResource resource) throws XAException {
    Xid[] found = resource.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN);
    return found == null ? List.of() : List.of(found);
  }

  /**
   * Looks once more at what is prepared. What is so by then has been through the whole scan:
   * neither has the scan ended it, nor is it in the middle of its commit.
   */
  void finishScan() {
    XAResource reached = resource;
    if (reached == null) {
      return; // what was known of it is the best there is
    }
    try {
      // Before the second look: what ends between the two is not prepared at it.
      List<Xid> nobodys = foundFirst.stream().filter(xid -> !recovery.isBeingEnded(xid)).toList();
      Set<String> still = new HashSet<>();
      preparedNow(reached).forEach(xid -> still.add(text(xid)));
      prepared = nobodys.stream().filter(xid -> still.contains(text(xid))).toList();
    } catch (XAException | RuntimeException | Error e) {
      recovery.isUnreachable(engine, e);
    }
    endScan();
  }

  /** Drivers' ids are not all equal to those that stand for the same branch. */
  private static String text(Xid xid) {
    return xid.getFormatId()
        + ":"
        + HexFormat.of().formatHex(xid.getGlobalTransactionId())
        + ":"
        + HexFormat.of().formatHex(xid.getBranchQualifier());
  }

  /** The connection is needed no more; the next scan takes a new one. */
  void endScan() {
    XAConnection closing = connection;
    connection = null;
    resource = null;
    if (closing != null) {
      try {
        closing.close();
      } catch (SQLException | RuntimeException | Error e) {
        recovery.isUnreachable(engine, e);
      }
    }
  }

  private XAResource connected() throws XAException {
    XAResource reached = resource;
    if (reached == null) {
      throw new XAException(XAException.XAER_RMFAIL);
    }
    return reached;
  }

  @Override
  public Xid[] recover(int flag) throws XAException {
    // Some drivers know only a scan that begins and ends in one call.
    if ((flag & XAResource.TMSTARTRSCAN) == 0) {
      return new Xid[0];
    }
    try {
      return connected().recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN);
    } catch (Error e) {
      throw XaFailures.classified(e); // it would end the scan in the middle
    }
  }

  @Override
  public void commit(Xid xid, boolean onePhase) throws XAException {
    try {
      connected().commit(xid, onePhase);
    } catch (XAException | RuntimeException | Error e) {
      throw XaFailures.ofSecondPhase(e);
    }
  }

  @Override
  public void rollback(Xid xid) throws XAException {
    try {
      connected().rollback(xid);
    } catch (XAException | RuntimeException | Error e) {
      throw XaFailures.ofSecondPhase(e);
    }
  }

  @Override
  public void forget(Xid xid) throws XAException {
    connected().forget(xid);
  }

  @Override
  public int prepare(Xid xid) throws XAException {
    return connected().prepare(xid);
  }

  @Override
  public void start(Xid xid, int flags) throws XAException {
    connected().start(xid, flags);
  }

  @Override
  public void end(Xid xid, int flags) throws XAException {
    connected().end(xid, flags);
  }

  @Override
  public boolean isSameRM(XAResource other) {
    return other == this;
  }

  @Override
  public int getTransactionTimeout() throws XAException {
    return connected().getTransactionTimeout();
  }

  @Override
  public boolean setTransactionTimeout(int seconds) throws XAException {
    return connected().setTransactionTimeout(seconds);
  }

  @Override
  public @Nullable XAResource getResource() {
    return resource;
  }

  @Override
  public String getProductName() {
    return "SqlAssist";
  }

  @Override
  public String getProductVersion() {
    return "";
  }

  @Override
  public String getJndiName() {
    return EngineNames.inLog(engine);
  }

  @Override
  public String toString() {
    return "engine '" + engine + "'";
  }
}
