package io.sqlassist.engine;

import jakarta.persistence.PersistenceUnitTransactionType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.engine.transaction.jta.platform.internal.NoJtaPlatform;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.hibernate.query.sqm.mutation.internal.temptable.GlobalTemporaryTableStrategy;
import org.hibernate.query.sqm.mutation.internal.temptable.PersistentTableStrategy;
import org.hibernate.resource.jdbc.spi.PhysicalConnectionHandlingMode;
import org.hibernate.tool.schema.Action;
import org.jspecify.annotations.Nullable;

/** The Hibernate settings that SqlAssist decides, so that the rules of a unit of work hold. */
final class OwnSettings {

  private static final List<String> SCHEMA_ACTIONS =
      List.of(AvailableSettings.HBM2DDL_AUTO, AvailableSettings.JAKARTA_HBM2DDL_DATABASE_ACTION);
  private static final Set<Action> LEAVES_SCHEMA = Set.of(Action.NONE, Action.VALIDATE);

  private OwnSettings() {}

  static void refuse(String engine, String key) {
    String instead = instead(key);
    if (instead != null) {
      throw new IllegalArgumentException(
          "Engine '"
              + engine
              + "': the setting '"
              + key
              + "' is decided by SqlAssist, because the rules of a unit of work depend on it. "
              + instead);
    }
  }

  /** Refuses what contradicts SqlAssist in a configuration that the application has finished. */
  static void refuse(
      String engine, EngineKind kind, HibernatePersistenceConfiguration persistence) {
    persistence.properties().keySet().forEach(key -> refuse(engine, String.valueOf(key)));
    if (persistence.transactionType() != PersistenceUnitTransactionType.RESOURCE_LOCAL) {
      refuse(engine, "jakarta.persistence.transactionType");
    }
    if (kind == EngineKind.READ_ONLY) {
      for (String key : SCHEMA_ACTIONS) {
        Object action = persistence.properties().get(key);
        if (action != null && !LEAVES_SCHEMA.contains(Action.interpretHbm2ddlSetting(action))) {
          throw new IllegalArgumentException(
              "Engine '"
                  + engine
                  + "' is read-only, but the setting '"
                  + key
                  + "' makes Hibernate change the schema when the engine starts. Remove it, use"
                  + " 'validate', or set it on the engine that writes.");
        }
      }
    }
  }

  private static @Nullable String instead(String key) {
    if (key.startsWith("hibernate.connection.")
        || key.startsWith("hibernate.hikari.")
        || key.startsWith("hibernate.agroal.")
        || key.startsWith("jakarta.persistence.jdbc.")
        || key.startsWith("javax.persistence.jdbc.")
        || key.equals(AvailableSettings.MULTI_TENANT_CONNECTION_PROVIDER)
        || key.contains("DataSource")) {
      return "Configure the DataSource, or use url(...), username(...), password(...) and"
          + " pool(...).";
    }
    if (key.startsWith("hibernate.transaction.")
        || key.equals("jakarta.persistence.transactionType")
        || key.equals(AvailableSettings.JPA_TRANSACTION_COMPLIANCE)
        || key.equals(AvailableSettings.ALLOW_UPDATE_OUTSIDE_TRANSACTION)) {
      return "Use readOnly(), autocommit() or policy(...).";
    }
    return null;
  }

  static Map<String, Object> of(EngineKind kind, ConnectionProvider connections) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put(AvailableSettings.CONNECTION_PROVIDER, connections);
    // Set explicitly: with a JTA vendor on the class path Hibernate would pick its platform.
    settings.put(AvailableSettings.JTA_PLATFORM, NoJtaPlatform.INSTANCE);
    // Without it commit() of a transaction that is marked rollback-only returns normally.
    settings.put(AvailableSettings.JPA_TRANSACTION_COMPLIANCE, true);
    // Keeps Hibernate from switching the mode of a connection, which is set here for each kind. So
    // a
    // transaction leaves the connection to its first statement, and one that is begun by hand on an
    // engine without transactions changes nothing: each statement stays durable by itself.
    settings.put(AvailableSettings.CONNECTION_PROVIDER_DISABLES_AUTOCOMMIT, true);
    if (kind == EngineKind.READ_WRITE) {
      settings.put(
          AvailableSettings.CONNECTION_HANDLING,
          PhysicalConnectionHandlingMode.DELAYED_ACQUISITION_AND_RELEASE_AFTER_TRANSACTION);
    } else {
      settings.put(AvailableSettings.ALLOW_UPDATE_OUTSIDE_TRANSACTION, true);
      settings.put(
          AvailableSettings.CONNECTION_HANDLING,
          PhysicalConnectionHandlingMode.DELAYED_ACQUISITION_AND_RELEASE_AFTER_STATEMENT);
    }
    if (kind == EngineKind.READ_ONLY) {
      // Else Hibernate creates tables for its bulk statements when the engine starts.
      settings.put(GlobalTemporaryTableStrategy.CREATE_ID_TABLES, false);
      settings.put(PersistentTableStrategy.CREATE_ID_TABLES, false);
      // What a replica returns may be stale and must not reach others through a shared cache.
      settings.put(AvailableSettings.USE_SECOND_LEVEL_CACHE, false);
      settings.put(AvailableSettings.USE_QUERY_CACHE, false);
    }
    return settings;
  }
}
