package io.sqlassist.javalin;

import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Requests with a time-out on virtual threads, where the JVM has them. */
@EnabledForJreRange(min = JRE.JAVA_21)
class VirtualThreadsLimitTest extends LimitedRequests {
  VirtualThreadsLimitTest() {
    super(true);
  }
}
