package io.sqlassist.testing;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitOrigin;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.platform.commons.support.ReflectionSupport;

/** What an annotation says. */
final class DeclaredSettings {

  private static final Namespace SOURCES = Namespace.create(DeclaredSettings.class);

  private DeclaredSettings() {}

  static TestSettings of(SqlAssistTest test, ExtensionContext context) {
    return new TestSettings(
        source(test.registry(), context),
        TestSettings.engines(List.of(test.engines())),
        test.transactions(),
        test.unit(),
        container(test.container()),
        TestSettings.tables(List.of(test.keep())),
        test.restartSequences());
  }

  /** One object for the whole run: JUnit closes it at the end, if it can be closed. */
  private static RegistrySource source(
      Class<? extends RegistrySource> type, ExtensionContext context) {
    Object source =
        context
            .getRoot()
            .getStore(SOURCES)
            .getOrComputeIfAbsent(type, key -> instance(type), RegistrySource.class);
    return type.cast(source);
  }

  private static RegistrySource instance(Class<? extends RegistrySource> type) {
    try {
      return ReflectionSupport.newInstance(type);
    } catch (Exception e) { // JUnit's method throws checked ones, too, without saying so
      throw new ExtensionConfigurationException(
          "registry = "
              + type.getName()
              + ".class can't be made: it has to be a class, static if it is inside of another one,"
              + " with a constructor without parameters that throws nothing.",
          e);
    }
  }

  private static ContainerFactory container(Class<? extends DbSessionsContainer> type) {
    if (type == DbSessionsContainer.class) {
      return DbSessionsContainer::new;
    }
    Constructor<? extends DbSessionsContainer> constructor;
    try {
      constructor = type.getDeclaredConstructor(EngineRegistry.class, UnitOrigin.class);
      constructor.setAccessible(true);
    } catch (ReflectiveOperationException e) {
      throw new ExtensionConfigurationException(
          "container = "
              + type.getName()
              + ".class has no constructor (EngineRegistry, UnitOrigin), as DbSessionsContainer has."
              + " Write one, or use SqlAssistExtension.builder().container(...).",
          e);
    }
    return (registry, origin) -> {
      try {
        return constructor.newInstance(registry, origin);
      } catch (InvocationTargetException e) {
        throw new ExtensionConfigurationException(
            "The constructor of " + type.getName() + " has failed.", e.getCause());
      } catch (ReflectiveOperationException e) {
        throw new ExtensionConfigurationException(type.getName() + " can't be made.", e);
      }
    };
  }
}
