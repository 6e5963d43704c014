package io.sqlassist.testing;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.DbSessionsContainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Does for each test what {@link SqlAssistTest} says. To program it instead, make one with {@link
 * #builder()} and put it into a field with {@code @RegisterExtension}.
 *
 * <p>Thread-safe. One test at a time uses a registry; a second one is refused.
 */
public final class SqlAssistExtension
    implements BeforeAllCallback,
        BeforeEachCallback,
        BeforeTestExecutionCallback,
        AfterTestExecutionCallback,
        AfterEachCallback,
        ParameterResolver {

  /**
   * For {@code @ResourceLock}: tests that name it don't run at the same time. {@link SqlAssistTest}
   * has it; a class with {@code @RegisterExtension} needs it where tests run in parallel.
   */
  public static final String LOCK = "io.sqlassist.testing";

  private static final Namespace NAMESPACE = Namespace.create(SqlAssistExtension.class);

  private final @Nullable TestSettings programmed;

  /** For JUnit, which makes one where it finds {@link SqlAssistTest}. */
  public SqlAssistExtension() {
    this.programmed = null;
  }

  private SqlAssistExtension(TestSettings programmed) {
    this.programmed = programmed;
  }

  /**
   * Settings for an extension in a field with {@code @RegisterExtension}.
   *
   * @return a builder with the defaults of {@link SqlAssistTest}
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    // What is declared wrongly is told before anything is started.
    if (settings(context).source() instanceof SharedRegistry shared) {
      Instruments.on(shared.registry()); // before the engines are initialised
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    TestSettings settings = settings(context);
    EngineRegistry registry = settings.source().registry();
    String name = name(context);
    if (registry.names().isEmpty()) {
      throw new IllegalStateException(
          "'"
              + name
              + "' has no engines: its registry is empty. Initialise them before, in a @BeforeAll"
              + " method, or name the registry that has them: @SqlAssistTest(registry = ...).");
    }
    settings.engines().forEach(registry::engine); // an unknown name is told with the known ones
    TestRun run = new TestRun(name, registry, settings, parts(settings, registry, context));
    run.begin();
    context.getStore(NAMESPACE).put(this, run);
  }

  /** In the order in which they are set up. */
  private static List<TestPart> parts(
      TestSettings settings, EngineRegistry registry, ExtensionContext context) {
    Annotations annotations = new Annotations(context);
    List<TestPart> parts = new ArrayList<>();
    parts.add(new InstrumentsPart(annotations, Instruments.on(registry)));
    if (settings.transactions() == Transactions.SHARED) {
      parts.add(new SharedTransaction(Mirrors.of(annotations)));
    }
    parts.add(new UnitOfTest());
    annotations.find(SimulatedLag.class).ifPresent(lag -> parts.add(new LagPart(lag)));
    return parts;
  }

  @Override
  public void beforeTestExecution(ExtensionContext context) {
    run(context).flatMap(run -> run.part(InstrumentsPart.class)).ifPresent(InstrumentsPart::begins);
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    run(context).flatMap(run -> run.part(InstrumentsPart.class)).ifPresent(InstrumentsPart::ends);
  }

  private Optional<TestRun> run(ExtensionContext context) {
    return Optional.ofNullable(context.getStore(NAMESPACE).get(this, TestRun.class));
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    TestRun run = context.getStore(NAMESPACE).remove(this, TestRun.class);
    if (run != null) { // else it has not begun
      run.end(context.getExecutionException().orElse(null));
    }
  }

  private TestSettings settings(ExtensionContext context) {
    SqlAssistTest annotation = annotation(context);
    if (programmed == null) {
      return annotation == null ? TestSettings.DEFAULT : TestSettings.of(annotation);
    }
    if (annotation != null) {
      throw new ExtensionConfigurationException(
          context.getRequiredTestClass().getName()
              + " has both @SqlAssistTest and a SqlAssistExtension with @RegisterExtension. Use one"
              + " of them.");
    }
    return programmed;
  }

  private static @Nullable SqlAssistTest annotation(ExtensionContext context) {
    return AnnotationSupport.findAnnotation(context.getTestMethod(), SqlAssistTest.class)
        .or(
            () ->
                AnnotationSupport.findAnnotation(
                    context.getRequiredTestClass(),
                    SqlAssistTest.class,
                    context.getEnclosingTestClasses()))
        .orElse(null);
  }

  private static String name(ExtensionContext context) {
    return context.getRequiredTestClass().getSimpleName()
        + "."
        + context.getRequiredTestMethod().getName();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == DbSessionsContainer.class
        || type == EngineRegistry.class
        || InstrumentsPart.PARAMETERS.contains(type);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    TestRun run = context.getStore(NAMESPACE).get(this, TestRun.class);
    if (run == null) {
      throw new ParameterResolutionException(
          "There is no unit of work yet: '"
              + parameter.getParameter()
              + "' is known in test methods, @BeforeEach and @AfterEach only.");
    }
    Class<?> type = parameter.getParameter().getType();
    if (type == EngineRegistry.class) {
      return run.registry();
    }
    if (InstrumentsPart.PARAMETERS.contains(type)) {
      return run.part(InstrumentsPart.class).orElseThrow().parameter(type, run);
    }
    return run.unit()
        .orElseThrow(
            () ->
                new ParameterResolutionException(
                    "'" + run.name() + "' has no unit of work: it says unit = NONE."));
  }

  /**
   * The settings of an extension.
   *
   * <p>For one thread.
   */
  public static final class Builder {

    private TestSettings settings = TestSettings.DEFAULT;

    private Builder() {}

    /**
     * As {@link SqlAssistTest#engines}.
     *
     * @param engines names of engines; none: all
     * @return this
     */
    public Builder engines(String... engines) {
      settings =
          new TestSettings(
              settings.source(),
              TestSettings.names(List.of(engines)),
              settings.transactions(),
              settings.unit());
      return this;
    }

    /**
     * As {@link SqlAssistTest#transactions}.
     *
     * @param transactions the way
     * @return this
     */
    public Builder transactions(Transactions transactions) {
      settings =
          new TestSettings(
              settings.source(),
              settings.engines(),
              Objects.requireNonNull(transactions, "transactions"),
              settings.unit());
      return this;
    }

    /**
     * As {@link SqlAssistTest#unit}.
     *
     * @param unit how it ends
     * @return this
     */
    public Builder unit(TestUnit unit) {
      settings =
          new TestSettings(
              settings.source(),
              settings.engines(),
              settings.transactions(),
              Objects.requireNonNull(unit, "unit"));
      return this;
    }

    /**
     * As {@link SqlAssistTest#registry}.
     *
     * @param source asked before each test
     * @return this
     */
    public Builder registry(RegistrySource source) {
      settings =
          new TestSettings(
              Objects.requireNonNull(source, "source"),
              settings.engines(),
              settings.transactions(),
              settings.unit());
      return this;
    }

    /**
     * The extension.
     *
     * @return an extension with these settings, which later calls don't change
     */
    public SqlAssistExtension build() {
      return new SqlAssistExtension(settings);
    }
  }
}
