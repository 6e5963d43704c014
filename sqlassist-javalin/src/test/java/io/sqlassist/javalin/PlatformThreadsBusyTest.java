package io.sqlassist.javalin;

/** Busy engines on Jetty's own threads. */
class PlatformThreadsBusyTest extends BusyRequests {
  PlatformThreadsBusyTest() {
    super(false);
  }
}
