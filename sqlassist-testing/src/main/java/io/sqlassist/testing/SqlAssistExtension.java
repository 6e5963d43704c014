package io.sqlassist.testing;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Does for each test what {@link SqlAssistTest} says. To program it instead, make one with {@link
 * #builder()} and put it into a field with {@code @RegisterExtension}.
 *
 * <p>Thread-safe. One test at a time uses a registry; a second one is refused.
 *
 * <p>A test, or a method called before or after it, may have parameters: the {@link
 * DbSessionsContainer} of the test's unit of work, or a subclass if the unit is one; the {@link
 * EngineRegistry}; and with {@code @OnEngine("writer")}, or without where there is one engine only,
 * a {@code Session}, a {@code StatelessSession} or an {@code Engine}. A class may have several
 * extensions, for several registries: then {@code @OnEngine} on any parameter chooses the one that
 * has the engine, and what belongs to a unit of work comes from one that has a unit.
 */
public final class SqlAssistExtension
    implements BeforeAllCallback,
        BeforeEachCallback,
        BeforeTestExecutionCallback,
        AfterTestExecutionCallback,
        AfterEachCallback,
        InvocationInterceptor,
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
    check(name, settings, registry);
    TestRun run = new TestRun(name, registry, settings, parts(settings, registry, context));
    run.begin();
    context.getStore(NAMESPACE).put(this, run);
    runs(context).add(run);
  }

  private static void check(String test, TestSettings settings, EngineRegistry registry) {
    if (registry.names().isEmpty()) {
      throw new IllegalStateException(
          "Test '"
              + test
              + "' has no engines: its registry is empty. Initialise them before, in a @BeforeAll"
              + " method, or name the registry that has them: @SqlAssistTest(registry = ...).");
    }
    for (String engine : settings.engines()) {
      if (!registry.isPerTenant(engine)) {
        registry.engine(engine); // an unknown name is told with the known ones
      }
    }
  }

  /** In the order in which they are set up. */
  private static List<TestPart> parts(
      TestSettings settings, EngineRegistry registry, ExtensionContext context) {
    Annotations annotations = new Annotations(context);
    List<TestPart> parts = new ArrayList<>();
    Instruments instruments = Instruments.on(registry);
    parts.add(new InstrumentsPart(annotations, instruments));
    if (!settings.engines().isEmpty()) {
      parts.add(new EngineGuard(instruments));
    }
    switch (settings.transactions()) {
      case SHARED -> parts.add(new SharedTransaction(Mirrors.of(annotations)));
      case SEPARATE -> parts.add(new SeparateTransactions(settings, new CleaningPermit(context)));
      case UNTOUCHED -> {}
    }
    Optional<SimulatedLag> lag = annotations.find(SimulatedLag.class);
    lag.ifPresent(declared -> parts.add(new LagPart(declared)));
    if (settings.unit() != TestUnit.NONE) {
      parts.add(new UnitOfTest());
    }
    if (settings.transactions() != Transactions.UNTOUCHED || lag.isPresent()) {
      parts.add(new UnitsOfApplication(annotations));
    }
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
      runs(context).remove(run);
      run.end(context.getExecutionException().orElse(null));
    }
  }

  private TestSettings settings(ExtensionContext context) {
    SqlAssistTest annotation = annotation(context);
    if (programmed == null) {
      return annotation == null ? builder().settings() : DeclaredSettings.of(annotation, context);
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
    TestRun run = context.getStore(NAMESPACE).get(this, TestRun.class);
    return TestParameters.isKnown(parameter)
        && (run == null || TestParameters.isFor(run, runs(context), parameter));
  }

  /** Those of all extensions of a test, each of which has a registry of its own. */
  private static List<TestRun> runs(ExtensionContext context) {
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(Runs.class, key -> new Runs(), Runs.class)
        .all;
  }

  /** For the store. */
  private static final class Runs {
    private final List<TestRun> all = new CopyOnWriteArrayList<>();
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    TestRun run = context.getStore(NAMESPACE).get(this, TestRun.class);
    return run == null
        ? TestParameters.beforeTests(parameter, settings(context))
        : TestParameters.of(parameter, run);
  }

  @Override
  public void interceptBeforeEachMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    inUnit(invocation, context);
  }

  @Override
  public void interceptTestMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    inUnit(invocation, context);
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    inUnit(invocation, context);
  }

  @Override
  public <T extends @Nullable Object> T interceptTestFactoryMethod(
      Invocation<T> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    return inUnit(invocation, context);
  }

  @Override
  public void interceptDynamicTest(
      Invocation<Void> invocation, DynamicTestInvocationContext test, ExtensionContext context)
      throws Throwable {
    inUnit(invocation, context);
  }

  @Override
  public void interceptAfterEachMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    inUnit(invocation, context);
  }

  /** A time limit may have given the method a thread of its own. */
  private <T extends @Nullable Object> T inUnit(Invocation<T> invocation, ExtensionContext context)
      throws Throwable {
    TestRun run = context.getStore(NAMESPACE).get(this, TestRun.class);
    DbSessionsContainer db = run == null ? null : run.unit().orElse(null);
    if (db == null || db.isEnded() || Units.findCurrent().isPresent()) {
      return invocation.proceed();
    }
    Units.enter(db);
    try {
      return invocation.proceed();
    } finally {
      Units.leave(db);
    }
  }

  /**
   * The settings of an extension.
   *
   * <p>For one thread.
   */
  public static final class Builder {

    private RegistrySource source = new SharedRegistry();
    private Set<String> engines = Set.of();
    private Transactions transactions = Transactions.SHARED;
    private TestUnit unit = TestUnit.ROLL_BACK;
    private ContainerFactory container = DbSessionsContainer::new;
    private Set<String> keep = Set.of();
    private boolean restartSequences;

    private Builder() {}

    /**
     * As {@link SqlAssistTest#engines}.
     *
     * @param names of engines; none: all
     * @return this
     */
    public Builder engines(String... names) {
      engines = TestSettings.engines(List.of(names));
      return this;
    }

    /**
     * As {@link SqlAssistTest#transactions}.
     *
     * @param way how what a test does is undone
     * @return this
     */
    public Builder transactions(Transactions way) {
      transactions = Objects.requireNonNull(way, "transactions");
      return this;
    }

    /**
     * As {@link SqlAssistTest#unit}.
     *
     * @param end how it ends
     * @return this
     */
    public Builder unit(TestUnit end) {
      unit = Objects.requireNonNull(end, "unit");
      return this;
    }

    /**
     * As {@link SqlAssistTest#container}.
     *
     * @param factory makes the unit of each test
     * @return this
     */
    public Builder container(ContainerFactory factory) {
      container = Objects.requireNonNull(factory, "container");
      return this;
    }

    /**
     * As {@link SqlAssistTest#registry}.
     *
     * @param from asked before each test
     * @return this
     */
    public Builder registry(RegistrySource from) {
      source = Objects.requireNonNull(from, "registry");
      return this;
    }

    /**
     * As {@link SqlAssistTest#keep}.
     *
     * @param tables their names
     * @return this
     */
    public Builder keep(String... tables) {
      keep = TestSettings.tables(List.of(tables));
      return this;
    }

    /**
     * As {@link SqlAssistTest#restartSequences}.
     *
     * @return this
     */
    public Builder restartSequences() {
      restartSequences = true;
      return this;
    }

    /**
     * The extension.
     *
     * @return an extension with these settings, which later calls don't change
     */
    public SqlAssistExtension build() {
      return new SqlAssistExtension(settings());
    }

    private TestSettings settings() {
      return new TestSettings(
          source, engines, transactions, unit, container, keep, restartSequences);
    }
  }
}
