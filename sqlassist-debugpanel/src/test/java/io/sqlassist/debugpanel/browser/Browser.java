package io.sqlassist.debugpanel.browser;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Marks tests that need a browser: they get a {@link Chromium} as a parameter, the same for all.
 * Without a browser they are skipped, and say so loudly; with {@code -Dbrowser.required} they fail.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(Browser.Extension.class)
public @interface Browser {

  /** Starts the browser when the first test wants it, and ends it after the last one. */
  final class Extension implements ExecutionCondition, ParameterResolver {

    private static final String SKIPPED =
        """

        ********************************************************************************
        * NO BROWSER: %s is SKIPPED.
        * It needs Chromium. scripts/install-browser installs it where that is possible;
        * else install it yourself, or say where it is with -Dbrowser=/path/to/chromium.
        ********************************************************************************
        """;

    @SuppressWarnings("deprecation") // what JUnit 5 closes; JUnit 6 closes every AutoCloseable
    private record Running(Chromium browser)
        implements ExtensionContext.Store.CloseableResource, AutoCloseable {
      @Override
      public void close() {
        browser.close();
      }
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      if (Chromium.find().isPresent()) {
        return ConditionEvaluationResult.enabled("there is a browser");
      }
      String required = System.getProperty("browser.required");
      if (required != null && !required.equals("false")) {
        throw new IllegalStateException(
            "There is no browser, and -Dbrowser.required says that there must be one.");
      }
      if (context.getTestMethod().isEmpty()) {
        System.err.printf(SKIPPED, context.getDisplayName());
      }
      return ConditionEvaluationResult.disabled("NO BROWSER on this machine");
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == Chromium.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      Optional<Path> program = Chromium.find();
      return context
          .getRoot()
          .getStore(ExtensionContext.Namespace.GLOBAL)
          .getOrComputeIfAbsent(
              Running.class,
              key -> new Running(Chromium.start(program.orElseThrow())),
              Running.class)
          .browser();
    }
  }
}
