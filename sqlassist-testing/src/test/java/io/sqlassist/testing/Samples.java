package io.sqlassist.testing;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.lang.reflect.Method;
import java.util.Arrays;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Runs one test of a sample, found by its name alone. */
final class Samples {

  private Samples() {}

  static EngineExecutionResults run(Class<?> sample, String name) {
    Method method =
        Arrays.stream(sample.getDeclaredMethods())
            .filter(each -> each.getName().equals(name) && !each.isSynthetic())
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException(sample + " has no method " + name));
    return EngineTestKit.engine("junit-jupiter").selectors(selectMethod(sample, method)).execute();
  }
}
