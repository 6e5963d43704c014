package io.sqlassist.javalin;

/** Requests with a time-out on Jetty's own threads. */
class PlatformThreadsLimitTest extends LimitedRequests {
  PlatformThreadsLimitTest() {
    super(false);
  }
}
