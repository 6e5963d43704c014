package io.sqlassist.benchmarks;

import java.util.List;
import java.util.Map;

/**
 * One benchmark method of JMH.
 *
 * @param method class and method, for example {@code Insert.sqlAssist}
 * @param parameters of the benchmark's class
 * @param databases the servers that it needs: {@code postgresql}, {@code mariadb}
 * @param alone whether nothing else may run in its JVM, since it changes what is static there
 */
record JmhArm(
    String method, Map<String, String> parameters, List<String> databases, boolean alone) {

  static JmhArm of(String method) {
    return new JmhArm(method, Map.of(), List.of(), false);
  }

  static JmhArm of(String method, String parameter, String value) {
    return new JmhArm(method, Map.of(parameter, value), List.of(), false);
  }

  JmhArm on(String... servers) {
    return new JmhArm(method, parameters, List.of(servers), alone);
  }

  JmhArm inItsOwnJvm() {
    return new JmhArm(method, parameters, databases, true);
  }
}
