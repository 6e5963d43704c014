package io.sqlassist.testing;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.OnEngine;
import io.sqlassist.session.DbSessionsContainer;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.hibernate.Session;
import org.hibernate.StatelessSession;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;

/** What a test may have for a parameter. */
final class TestParameters {

  private static final Set<Class<?>> OF_ENGINE =
      Set.of(Engine.class, Session.class, StatelessSession.class);

  private TestParameters() {}

  static boolean isKnown(ParameterContext parameter) {
    Class<?> type = type(parameter);
    return DbSessionsContainer.class.isAssignableFrom(type)
        || type == EngineRegistry.class
        || InstrumentsPart.PARAMETERS.contains(type)
        || OF_ENGINE.contains(type);
  }

  /** Whether it is this extension of a test, of all, that the parameter is to come from. */
  static boolean isFor(TestRun run, List<TestRun> all, ParameterContext parameter) {
    List<TestRun> left = all;
    String engine = parameter.findAnnotation(OnEngine.class).map(OnEngine::value).orElse(null);
    if (engine != null) {
      left = narrowed(left, each -> hasEngine(each.registry(), engine));
    }
    Class<?> type = type(parameter);
    if (DbSessionsContainer.class.isAssignableFrom(type)) {
      left = narrowed(left, each -> each.unit().filter(type::isInstance).isPresent());
    } else if (type == Session.class || type == StatelessSession.class) {
      left = narrowed(left, each -> each.unit().isPresent());
    }
    return left.contains(run);
  }

  private static boolean hasEngine(EngineRegistry registry, String engine) {
    return registry.find(engine).isPresent() || registry.isPerTenant(engine);
  }

  /** If none is right, the first one tells what is wrong. */
  private static List<TestRun> narrowed(List<TestRun> runs, Predicate<TestRun> right) {
    List<TestRun> found = runs.stream().filter(right).toList();
    return found.isEmpty() ? runs.subList(0, 1) : found;
  }

  private static Class<?> type(ParameterContext parameter) {
    return parameter.getParameter().getType();
  }

  /** In a constructor, or a method for all tests: there is no unit of work yet. */
  static Object beforeTests(ParameterContext parameter, TestSettings settings) {
    Class<?> type = type(parameter);
    if (type != EngineRegistry.class && type != Engine.class) {
      throw new ParameterResolutionException(
          "A "
              + type.getSimpleName()
              + " lives as long as one test: it can be a parameter of a test, of @BeforeEach and of"
              + " @AfterEach, not of a constructor, of @BeforeAll or of @AfterAll.");
    }
    EngineRegistry registry;
    try {
      registry = settings.source().registry();
    } catch (Exception e) {
      throw new ParameterResolutionException("The registry could not be had", e);
    }
    return type == EngineRegistry.class
        ? registry
        : registry.engine(engine(parameter, registry, settings));
  }

  static Object of(ParameterContext parameter, TestRun run) {
    Class<?> type = type(parameter);
    if (type == EngineRegistry.class) {
      return run.registry();
    }
    if (InstrumentsPart.PARAMETERS.contains(type)) {
      return run.part(InstrumentsPart.class).orElseThrow().parameter(type, run);
    }
    if (DbSessionsContainer.class.isAssignableFrom(type)) {
      return container(type, run);
    }
    String engine = engine(parameter, run.registry(), run.settings());
    if (type == Engine.class) {
      return run.registry().engine(engine);
    }
    DbSessionsContainer db = unit(type, run);
    return type == Session.class ? db.session(engine) : db.on(engine).statelessSession();
  }

  private static DbSessionsContainer unit(Class<?> type, TestRun run) {
    return run.unit()
        .orElseThrow(
            () ->
                new ParameterResolutionException(
                    "Test '"
                        + run.name()
                        + "' has no unit of work, so no "
                        + type.getSimpleName()
                        + " either: it says unit = NONE."));
  }

  private static DbSessionsContainer container(Class<?> type, TestRun run) {
    DbSessionsContainer db = unit(type, run);
    if (!type.isInstance(db)) {
      throw new ParameterResolutionException(
          "The unit of work of test '"
              + run.name()
              + "' is a "
              + db.getClass().getSimpleName()
              + ", not a "
              + type.getSimpleName()
              + ". Say so: container = "
              + type.getSimpleName()
              + ".class.");
    }
    return db;
  }

  private static String engine(
      ParameterContext parameter, EngineRegistry registry, TestSettings settings) {
    String named = parameter.findAnnotation(OnEngine.class).map(OnEngine::value).orElse(null);
    if (named != null) {
      return named;
    }
    List<String> engines =
        settings.engines().isEmpty() ? registry.names() : List.copyOf(settings.engines());
    if (engines.size() != 1) {
      throw new ParameterResolutionException(
          "Of which engine is the "
              + type(parameter).getSimpleName()
              + " '"
              + parameter.getParameter().getName()
              + "' to be? There are "
              + engines
              + ". Say so: @OnEngine(\"...\").");
    }
    return engines.get(0);
  }
}
