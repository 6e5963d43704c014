package io.sqlassist.javalin;

/** The life cycle on Jetty's own threads. */
class PlatformThreadsLifecycleTest extends RequestLifecycle {
  PlatformThreadsLifecycleTest() {
    super(false);
  }
}
