package io.sqlassist.testing;

import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Makes the databases of {@link WithDatabase}, and hands them to methods that take a {@link
 * TestDatabase} or {@link TestDatabases}.
 *
 * <p>Thread-safe.
 */
public final class WithDatabaseExtension implements BeforeAllCallback, ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(WithDatabaseExtension.class);
  private static final String DATABASES = "databases";

  /** For JUnit. */
  public WithDatabaseExtension() {}

  @Override
  public void beforeAll(ExtensionContext context) {
    if (context.getStore(NAMESPACE).get(context.getRequiredTestClass()) == null) {
      make(context);
    } // else the constructor of the one instance for all tests has wanted them before
  }

  private static void make(ExtensionContext context) {
    Store ofClass = context.getStore(NAMESPACE);
    Map<String, TestDatabase> databases = new LinkedHashMap<>();
    TestDatabases outer = ofClass.get(DATABASES, TestDatabases.class);
    if (outer != null) { // of the class around a nested one
      outer.names().forEach(name -> databases.put(name, outer.get(name)));
    }
    declared(context.getRequiredTestClass())
        .forEach((name, each) -> databases.put(name, make(each, context)));
    ofClass.put(DATABASES, new TestDatabases(databases));
    ofClass.put(context.getRequiredTestClass(), true);
  }

  /** By their names; those of a class go before those of its superclass. */
  private static Map<String, WithDatabase> declared(@Nullable Class<?> type) {
    if (type == null) {
      return Map.of();
    }
    Class<?> above = type.getSuperclass();
    Map<String, WithDatabase> all = new LinkedHashMap<>(declared(above));
    List<WithDatabase> own =
        new ArrayList<>(AnnotationSupport.findRepeatableAnnotations(type, WithDatabase.class));
    if (above != null) {
      own.removeAll(AnnotationSupport.findRepeatableAnnotations(above, WithDatabase.class));
    }
    Set<String> names = new HashSet<>();
    for (WithDatabase each : own) {
      if (!names.add(each.name())) {
        throw new ExtensionConfigurationException(
            type.getName()
                + " declares two databases '"
                + each.name()
                + "'. Give each @WithDatabase a name of its own.");
      }
      all.put(each.name(), each);
    }
    return all;
  }

  /** What is put into a store is closed with it. */
  private static final class Stored implements AutoCloseable {
    private final TestDatabase database;

    Stored(TestDatabase database) {
      this.database = database;
    }

    @Override
    public void close() {
      database.drop();
    }
  }

  private static TestDatabase make(WithDatabase declared, ExtensionContext context) {
    DatabaseProduct product = declared.product();
    String key = product + " " + declared.name();
    Supplier<Stored> making = () -> new Stored(fresh(product));
    if (declared.lifetime() == WithDatabase.Lifetime.CLASS) {
      Stored stored = making.get();
      context.getStore(NAMESPACE).put(key, stored);
      return stored.database;
    }
    Stored shared =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .getOrComputeIfAbsent(key, absent -> making.get(), Stored.class);
    return shared.database;
  }

  private static TestDatabase fresh(DatabaseProduct product) {
    try {
      return switch (product) {
        case H2 -> H2Memory.fresh();
        case POSTGRESQL, MARIADB -> ServerDatabases.fresh(product);
      };
    } catch (NoClassDefFoundError | ClassNotFoundException e) {
      throw new ExtensionConfigurationException(
          "@WithDatabase(product = "
              + product
              + ") needs "
              + (product == DatabaseProduct.H2
                  ? "com.h2database:h2"
                  : "io.sqlassist:sqlassist-embedded-databases")
              + " as a dependency of the tests: "
              + e.getMessage()
              + " is missing.",
          e);
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == TestDatabase.class || type == TestDatabases.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    if (parameter.getDeclaringExecutable() instanceof Constructor<?>) {
      beforeAll(context);
    }
    TestDatabases databases = context.getStore(NAMESPACE).get(DATABASES, TestDatabases.class);
    if (databases == null) {
      throw new ParameterResolutionException(
          "There are no databases here. Add @WithDatabase to the class.");
    }
    if (parameter.getParameter().getType() == TestDatabases.class) {
      return databases;
    }
    if (databases.names().size() != 1) {
      throw new ParameterResolutionException(
          "Which of the databases "
              + databases.names()
              + " is meant? Take a parameter of type TestDatabases, and get(name).");
    }
    return databases.get(databases.names().iterator().next());
  }
}
