package io.sqlassist.javalin;

import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** The life cycle on virtual threads, where the JVM has them. */
@EnabledForJreRange(min = JRE.JAVA_21)
class VirtualThreadsLifecycleTest extends RequestLifecycle {
  VirtualThreadsLifecycleTest() {
    super(true);
  }
}
