package io.sqlassist.jta;

import com.arjuna.ats.arjuna.common.CoordinatorEnvironmentBean;
import com.arjuna.ats.arjuna.common.CoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.CoreEnvironmentBeanException;
import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.RecoveryEnvironmentBean;
import com.arjuna.ats.arjuna.common.arjPropertyManager;
import com.arjuna.ats.arjuna.common.recoveryPropertyManager;
import com.arjuna.ats.arjuna.coordinator.TransactionReaper;
import com.arjuna.ats.arjuna.coordinator.TxControl;
import com.arjuna.ats.arjuna.recovery.RecoveryManager;
import com.arjuna.ats.internal.arjuna.objectstore.ShadowNoFileLockStore;
import com.arjuna.ats.internal.arjuna.objectstore.jdbc.JDBCStore;
import com.arjuna.ats.internal.arjuna.utils.UuidProcessId;
import com.arjuna.ats.internal.jta.recovery.arjunacore.JTAActionStatusServiceXAResourceOrphanFilter;
import com.arjuna.ats.internal.jta.recovery.arjunacore.JTANodeNameXAResourceOrphanFilter;
import com.arjuna.ats.internal.jta.recovery.arjunacore.JTATransactionLogXAResourceOrphanFilter;
import com.arjuna.ats.internal.jta.resources.arjunacore.XAResourceRecord;
import com.arjuna.ats.internal.jta.resources.arjunacore.XAResourceRecordWrappingPlugin;
import com.arjuna.ats.jta.common.JTAEnvironmentBean;
import com.arjuna.ats.jta.common.jtaPropertyManager;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import javax.transaction.xa.XAResource;
import org.jboss.tm.LastResource;
import org.jboss.tm.XAResourceWrapper;
import org.jspecify.annotations.Nullable;

/**
 * Everything that Narayana is told. It keeps nearly all of it in static fields, read when its
 * classes are first used: so this comes first, and only once.
 */
final class Narayana {

  private static final List<@Nullable String> STORES =
      Arrays.asList(null, "stateStore", "communicationStore");

  private Narayana() {}

  /**
   * Configures Narayana.
   *
   * @param directory of the log; null if it is in the database
   * @param database of the log; null if it is in the directory
   */
  static RecoveryManager configure(
      String nodeId,
      @Nullable Path directory,
      @Nullable DataSource database,
      String tablePrefix,
      Duration orphanAge) {
    core(nodeId);
    for (String store : STORES) {
      store(store, directory, database, tablePrefix);
    }
    jta(nodeId, orphanAge);
    recovery();
    TxControl.enable();
    TxControl.setXANodeName(nodeId); // the field keeps that of an earlier start
    return RecoveryManager.manager(RecoveryManager.DIRECT_MANAGEMENT);
  }

  private static void core(String nodeId) {
    CoreEnvironmentBean core = arjPropertyManager.getCoreEnvironmentBean();
    try {
      core.setNodeIdentifier(nodeId);
    } catch (CoreEnvironmentBeanException e) {
      throw new IllegalArgumentException("nodeId '" + nodeId + "' is refused: " + e, e);
    }
    // The default opens a socket to have a number that no other process has.
    core.setProcessImplementationClassName(UuidProcessId.class.getName());
    CoordinatorEnvironmentBean coordinator = arjPropertyManager.getCoordinatorEnvironmentBean();
    coordinator.setTransactionStatusManagerEnable(false); // opens a socket
    // Our own timer: Narayana's rolls back under a thread that still works, and dumps its stack.
    coordinator.setDefaultTimeout(0);
  }

  /** By the populator: the bean that the property manager hands out drops the data source. */
  private static void store(
      @Nullable String name,
      @Nullable Path directory,
      @Nullable DataSource database,
      String tablePrefix) {
    ObjectStoreEnvironmentBean store =
        name == null
            ? BeanPopulator.getDefaultInstance(ObjectStoreEnvironmentBean.class)
            : BeanPopulator.getNamedInstance(ObjectStoreEnvironmentBean.class, name);
    if (database != null) {
      store.setObjectStoreType(JDBCStore.class.getName());
      LogDatabase.CURRENT.is(database);
      store.setJdbcDataSource(LogDatabase.CURRENT);
      store.setTablePrefix(tablePrefix + (name == null ? "" : name + "_"));
    } else if (directory != null) {
      store.setObjectStoreType(ShadowNoFileLockStore.class.getName());
      store.setObjectStoreDir(directory.toString());
    }
  }

  private static void jta(String nodeId, Duration orphanAge) {
    JTAEnvironmentBean jta = jtaPropertyManager.getJTAEnvironmentBean();
    jta.setXaRecoveryNodes(List.of(nodeId));
    // None may be missing. Without the first what is decided, without the last what is being
    // committed right now could be rolled back; the second keeps to what this node has prepared.
    jta.setXaResourceOrphanFilters(
        List.of(
            new JTATransactionLogXAResourceOrphanFilter(),
            new JTANodeNameXAResourceOrphanFilter(),
            new JTAActionStatusServiceXAResourceOrphanFilter()));
    jta.setOrphanSafetyInterval(Math.toIntExact(orphanAge.toMillis()));
    // Else a last resource passes for one that can prepare.
    jta.setLastResourceOptimisationInterfaceClassName(LastResource.class.getName());
    jta.setXAResourceRecordWrappingPlugin(new EngineNameInRecord());
  }

  private static void recovery() {
    RecoveryEnvironmentBean recovery = recoveryPropertyManager.getRecoveryEnvironmentBean();
    recovery.setRecoveryListener(false); // a socket
    recovery.setRecoveryBackoffPeriod(1); // with 0 a scan waits for ever
    recovery.setExpiryScannerClassNames(List.of());
    recovery.setRecoveryActivatorClassNames(List.of());
    recovery.setRecoveryModules(List.of());
  }

  static void disable() {
    TxControl.disable(true);
    TransactionReaper.terminate(false);
  }

  /** Writes with each branch which engine it belongs to, so that recovery finds it again. */
  private static final class EngineNameInRecord implements XAResourceRecordWrappingPlugin {

    @Override
    public void transcribeWrapperData(XAResourceRecord branch) {
      if (branch.value() instanceof XAResourceWrapper resource) {
        branch.setJndiName(resource.getJndiName());
      }
    }

    @Override
    public Integer getEISName(XAResource resource) {
      return 0;
    }

    @Override
    public String getEISName(Integer key) {
      return "engine";
    }
  }
}
