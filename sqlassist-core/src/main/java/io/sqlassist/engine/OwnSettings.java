package io.sqlassist.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.engine.transaction.jta.platform.internal.NoJtaPlatform;
import org.hibernate.resource.jdbc.spi.PhysicalConnectionHandlingMode;
import org.jspecify.annotations.Nullable;

/** The Hibernate settings that SqlAssist decides, so that the rules of a unit of work hold. */
final class OwnSettings {

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

  private static @Nullable String instead(String key) {
    if (key.startsWith("hibernate.connection.")
        || key.startsWith("hibernate.hikari.")
        || key.startsWith("hibernate.agroal.")
        || key.startsWith("jakarta.persistence.jdbc.")
        || key.startsWith("javax.persistence.jdbc.")
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
    if (kind == EngineKind.READ_WRITE) {
      // Leaves the connection to the first statement instead of to beginTransaction().
      settings.put(AvailableSettings.CONNECTION_PROVIDER_DISABLES_AUTOCOMMIT, true);
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
      // What a replica returns may be stale and must not reach others through a shared cache.
      settings.put(AvailableSettings.USE_SECOND_LEVEL_CACHE, false);
      settings.put(AvailableSettings.USE_QUERY_CACHE, false);
    }
    return settings;
  }
}
