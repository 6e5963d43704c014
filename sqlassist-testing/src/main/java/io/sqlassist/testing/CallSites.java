package io.sqlassist.testing;

import java.util.List;
import java.util.Set;

/** The places in the application's own code, and in the test's, that something is done at. */
final class CallSites {

  private static final int KEPT = 3;

  /** Of this package only these: tests may live in it, too. */
  private static final Set<String> OURS =
      Set.of(
          "io.sqlassist.testing.CallSites",
          "io.sqlassist.testing.Instruments",
          "io.sqlassist.testing.InstrumentedJdbc",
          "io.sqlassist.testing.StatementLog",
          "io.sqlassist.testing.OpenThings",
          "io.sqlassist.testing.ManyUnitObservers",
          "io.sqlassist.testing.TestRun",
          "io.sqlassist.testing.UnitOfTest",
          "io.sqlassist.testing.WatchedRegistry");

  private static final List<String> NOT_THE_APPLICATION =
      List.of(
          "io.sqlassist.SqlAssist",
          "io.sqlassist.session.",
          "io.sqlassist.engine.",
          "io.sqlassist.transaction.",
          "io.sqlassist.observe.",
          "io.sqlassist.find.",
          "io.sqlassist.shard.",
          "io.sqlassist.schema.",
          "io.sqlassist.javalin.",
          "io.sqlassist.jta.",
          "io.sqlassist.trace.",
          "io.sqlassist.debugpanel.",
          "io.sqlassist.micrometer.",
          "io.javalin.",
          "org.hibernate.",
          "org.eclipse.jetty.",
          "org.junit.",
          "org.apache.maven.",
          "com.zaxxer.hikari.",
          "java.",
          "javax.",
          "jakarta.",
          "jdk.",
          "sun.",
          "com.sun.",
          "kotlin.");

  private CallSites() {}

  /** Where this thread is, innermost first; empty outside of the application's code. */
  static List<StackTraceElement> here() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames
                    .filter(frame -> isTheApplications(frame.getClassName()))
                    .limit(KEPT)
                    .map(StackWalker.StackFrame::toStackTraceElement)
                    .toList());
  }

  /** Whether Hibernate is about to get the next id, from a sequence or from a table of its own. */
  static boolean areInIdGenerator() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames
                    .map(StackWalker.StackFrame::getClassName)
                    .takeWhile(name -> !isTheApplications(name))
                    .anyMatch(name -> name.startsWith("org.hibernate.id.enhanced.")));
  }

  /** The innermost place, as IDEs make a link of it. */
  static String text(List<StackTraceElement> frames) {
    if (frames.isEmpty()) {
      return "a place outside of the application's code";
    }
    StackTraceElement frame = frames.get(0);
    return frame.getClassName()
        + "."
        + frame.getMethodName()
        + "("
        + frame.getFileName()
        + ":"
        + frame.getLineNumber()
        + ")";
  }

  private static boolean isTheApplications(String className) {
    int nested = className.indexOf('$');
    String outer = nested < 0 ? className : className.substring(0, nested);
    return !OURS.contains(outer)
        && NOT_THE_APPLICATION.stream().noneMatch(className::startsWith)
        && !className.contains("$HibernateProxy")
        && !className.contains("$$Lambda");
  }
}
