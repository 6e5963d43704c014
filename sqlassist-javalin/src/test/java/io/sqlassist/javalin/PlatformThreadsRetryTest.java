package io.sqlassist.javalin;

/** Retried requests on Jetty's own threads. */
class PlatformThreadsRetryTest extends RetriedRequests {
  PlatformThreadsRetryTest() {
    super(false);
  }
}
