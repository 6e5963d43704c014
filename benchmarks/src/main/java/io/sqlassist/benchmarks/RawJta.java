package io.sqlassist.benchmarks;

import com.arjuna.ats.arjuna.common.CoordinatorEnvironmentBean;
import com.arjuna.ats.arjuna.common.CoreEnvironmentBeanException;
import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.arjPropertyManager;
import com.arjuna.ats.internal.arjuna.objectstore.ShadowNoFileLockStore;
import com.arjuna.ats.internal.arjuna.utils.UuidProcessId;
import com.arjuna.ats.jta.common.jtaPropertyManager;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.agroal.narayana.NarayanaTransactionIntegration;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.UserTransaction;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.sql.XADataSource;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.engine.transaction.jta.platform.internal.AbstractJtaPlatform;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.xa.PGXADataSource;

/**
 * The baseline of {@link TwoPhaseCommit}: Narayana, Agroal and Hibernate's own JTA coordinator, as
 * their documents say, without recovery.
 */
final class RawJta implements AutoCloseable {

  private final TransactionManager transactions;
  private final List<AgroalDataSource> pools = new ArrayList<>();
  private final List<SessionFactory> factories = new ArrayList<>();

  private RawJta(TransactionManager transactions) {
    this.transactions = transactions;
  }

  static RawJta start(Path store, int poolSize) {
    configure(store);
    RawJta raw = new RawJta(com.arjuna.ats.jta.TransactionManager.transactionManager());
    raw.add("postgresql", PGXADataSource.class, poolSize);
    raw.add("mariadb", MariaDbDataSource.class, poolSize);
    return raw;
  }

  private static void configure(Path store) {
    try {
      arjPropertyManager.getCoreEnvironmentBean().setNodeIdentifier("raw");
    } catch (CoreEnvironmentBeanException e) {
      throw new IllegalStateException(e);
    }
    arjPropertyManager
        .getCoreEnvironmentBean()
        .setProcessImplementationClassName(UuidProcessId.class.getName());
    CoordinatorEnvironmentBean coordinator = arjPropertyManager.getCoordinatorEnvironmentBean();
    coordinator.setTransactionStatusManagerEnable(false);
    coordinator.setDefaultTimeout(60);
    for (String name : Arrays.asList(null, "stateStore", "communicationStore")) {
      ObjectStoreEnvironmentBean bean =
          name == null
              ? BeanPopulator.getDefaultInstance(ObjectStoreEnvironmentBean.class)
              : BeanPopulator.getNamedInstance(ObjectStoreEnvironmentBean.class, name);
      bean.setObjectStoreDir(store.toString());
      bean.setObjectStoreType(ShadowNoFileLockStore.class.getName());
    }
  }

  private void add(String name, Class<? extends XADataSource> driver, int poolSize) {
    Database place = Database.named(name);
    AgroalDataSource pool;
    try {
      pool =
          AgroalDataSource.from(
              new AgroalDataSourceConfigurationSupplier()
                  .connectionPoolConfiguration(
                      cp ->
                          cp.maxSize(poolSize)
                              .transactionIntegration(
                                  new NarayanaTransactionIntegration(
                                      transactions,
                                      jtaPropertyManager
                                          .getJTAEnvironmentBean()
                                          .getTransactionSynchronizationRegistry(),
                                      name))
                              .connectionFactoryConfiguration(
                                  cf ->
                                      cf.connectionProviderClass(driver)
                                          .jdbcUrl(place.url())
                                          .principal(new NamePrincipal(place.username()))
                                          .credential(new SimplePassword(place.password())))));
    } catch (SQLException e) {
      throw new IllegalStateException("No pool for " + name, e);
    }
    pools.add(pool);
    factories.add(
        new HibernatePersistenceConfiguration("raw-" + name)
            .managedClass(Book.class)
            .property(AvailableSettings.TRANSACTION_COORDINATOR_STRATEGY, "jta")
            .property(AvailableSettings.JAKARTA_JTA_DATASOURCE, pool)
            .property(AvailableSettings.JTA_PLATFORM, new Platform(transactions))
            .createEntityManagerFactory());
  }

  List<SessionFactory> oneEngine() {
    return factories.subList(0, 1);
  }

  List<SessionFactory> twoEngines() {
    return factories;
  }

  /** A new book on each of the engines, in one transaction. */
  void insert(List<SessionFactory> engines) {
    List<Session> sessions = new ArrayList<>(engines.size());
    try {
      transactions.begin();
      try {
        for (SessionFactory engine : engines) {
          Session session = engine.openSession();
          sessions.add(session);
          session.persist(new Book("New", 1));
        }
        transactions.commit();
      } catch (RuntimeException | Error e) {
        transactions.rollback();
        throw e;
      } finally {
        sessions.forEach(Session::close);
      }
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("The transaction failed", e);
    }
  }

  @Override
  public void close() {
    factories.forEach(SessionFactory::close);
    pools.forEach(AgroalDataSource::close);
  }

  private static final class Platform extends AbstractJtaPlatform {

    private static final long serialVersionUID = 1;

    private final transient TransactionManager transactions;

    Platform(TransactionManager transactions) {
      this.transactions = transactions;
    }

    @Override
    protected TransactionManager locateTransactionManager() {
      return transactions;
    }

    @Override
    protected UserTransaction locateUserTransaction() {
      return com.arjuna.ats.jta.UserTransaction.userTransaction();
    }
  }
}
