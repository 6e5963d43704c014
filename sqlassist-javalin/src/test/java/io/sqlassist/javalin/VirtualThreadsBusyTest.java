package io.sqlassist.javalin;

import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Busy engines on virtual threads, where the JVM has them. */
@EnabledForJreRange(min = JRE.JAVA_21)
class VirtualThreadsBusyTest extends BusyRequests {
  VirtualThreadsBusyTest() {
    super(true);
  }
}
