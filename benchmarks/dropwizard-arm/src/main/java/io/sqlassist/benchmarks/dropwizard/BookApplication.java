package io.sqlassist.benchmarks.dropwizard;

import io.dropwizard.configuration.ResourceConfigurationSourceProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.db.PooledDataSourceFactory;
import io.dropwizard.hibernate.HibernateBundle;
import java.io.OutputStream;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * A server of books. Prints its port and serves until its input ends.
 *
 * <p>Used by one thread.
 */
public final class BookApplication extends Application<Configuration> {

  private final HibernateBundle<Configuration> hibernate;

  private BookApplication(int poolSize) {
    PooledDataSourceFactory pool = new HikariPoolFactory(poolSize);
    hibernate =
        new HibernateBundle<>(Book.class) {
          @Override
          public PooledDataSourceFactory getDataSourceFactory(Configuration configuration) {
            return pool;
          }
        };
  }

  /** Argument: the size of the pool. */
  public static void main(String[] args) throws Exception {
    new BookApplication(Integer.parseInt(args[0])).run("server", "server.yml");
    System.in.transferTo(OutputStream.nullOutputStream());
    System.exit(0); // stops the server, as a signal does
  }

  @Override
  public void initialize(Bootstrap<Configuration> bootstrap) {
    bootstrap.setConfigurationSourceProvider(new ResourceConfigurationSourceProvider());
    bootstrap.addBundle(hibernate);
  }

  @Override
  public void run(Configuration configuration, Environment environment) {
    environment.jersey().register(new BookResource(new BookDao(hibernate.getSessionFactory())));
    environment.lifecycle().addServerLifecycleListener(BookApplication::printPort);
  }

  private static void printPort(Server server) {
    for (var connector : server.getConnectors()) {
      if ("application".equals(connector.getName())) {
        System.out.println("port " + ((ServerConnector) connector).getLocalPort());
      }
    }
  }
}
