package io.sqlassist.javalin;

import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Retried requests on virtual threads, where the JVM has them. */
@EnabledForJreRange(min = JRE.JAVA_21)
class VirtualThreadsRetryTest extends RetriedRequests {
  VirtualThreadsRetryTest() {
    super(true);
  }
}
