package io.sqlassist.testing;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A test, or the application on its behalf, has used an engine that the test does not declare.
 * Thrown at the place of use, and again at the end of the test if it was swallowed in between.
 *
 * <p>Immutable, but for what every exception has; may be passed between threads.
 */
public final class UndeclaredEngineException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  private final String engine;

  UndeclaredEngineException(String test, String engine, Set<String> declared) {
    super(
        "Test '"
            + test
            + "' does not declare engine '"
            + engine
            + "', which was used on thread '"
            + Thread.currentThread().getName()
            + "'. It declares "
            + declared
            + ". Declare it, engines = {"
            + Stream.concat(declared.stream(), Stream.of(engine))
                .map(each -> '"' + each + '"')
                .collect(Collectors.joining(", "))
            + "}, or keep what is tested away from it.");
    this.engine = engine;
  }

  /**
   * The engine that was used.
   *
   * @return its name
   */
  public String engine() {
    return engine;
  }
}
