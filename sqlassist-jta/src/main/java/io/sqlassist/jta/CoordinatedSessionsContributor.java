package io.sqlassist.jta;

import java.util.Map;
import org.hibernate.boot.registry.StandardServiceInitiator;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.resource.transaction.internal.TransactionCoordinatorBuilderInitiator;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorBuilder;
import org.hibernate.service.spi.ServiceContributor;
import org.hibernate.service.spi.ServiceRegistryImplementor;

/**
 * Found and called by Hibernate when a factory starts; gives the engines of a coordinator their
 * transactions, and leaves all others as they are. By Hibernate's own setting it would be possible,
 * too, but not without a warning for each engine. Stateless, so that any thread may start an
 * engine.
 */
public final class CoordinatedSessionsContributor implements ServiceContributor {

  static final String SETTING = "io.sqlassist.jta.sessions";

  /** Made by Hibernate, on whichever thread starts an engine. */
  public CoordinatedSessionsContributor() {}

  @Override
  public void contribute(StandardServiceRegistryBuilder registry) {
    registry.addInitiator(
        new StandardServiceInitiator<TransactionCoordinatorBuilder>() {
          @Override
          public TransactionCoordinatorBuilder initiateService(
              Map<String, Object> settings, ServiceRegistryImplementor services) {
            return settings.get(SETTING) instanceof CoordinatedSessions sessions
                ? sessions
                : TransactionCoordinatorBuilderInitiator.INSTANCE.initiateService(
                    settings, services);
          }

          @Override
          public Class<TransactionCoordinatorBuilder> getServiceInitiated() {
            return TransactionCoordinatorBuilder.class;
          }
        });
  }
}
