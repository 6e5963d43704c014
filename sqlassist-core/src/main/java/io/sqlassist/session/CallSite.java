package io.sqlassist.session;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The place in the application's own code that something is done at. */
final class CallSite {

  /** Not the whole of io.sqlassist: an application may live there, too. */
  private static final List<String> NOT_THE_APPLICATION =
      List.of(
          "io.sqlassist.SqlAssist",
          "io.sqlassist.session.",
          "io.sqlassist.engine.",
          "io.sqlassist.transaction.",
          "io.sqlassist.observe.",
          "io.sqlassist.find.",
          "io.sqlassist.javalin.",
          "io.sqlassist.jta.",
          "io.sqlassist.debugpanel.",
          "io.javalin.",
          "org.hibernate.",
          "org.eclipse.jetty.",
          "com.zaxxer.hikari.",
          "java.",
          "javax.",
          "jakarta.",
          "jdk.",
          "sun.",
          "com.sun.",
          "kotlin.");

  private CallSite() {}

  /** Where this thread is. */
  static String here() {
    return StackWalker.getInstance()
        .walk(frames -> nameOfFirst(frames.map(StackWalker.StackFrame::toStackTraceElement)));
  }

  /** Where another thread is at this moment. */
  static String of(Thread thread) {
    return nameOfFirst(Stream.of(thread.getStackTrace()));
  }

  private static String nameOfFirst(Stream<StackTraceElement> frames) {
    @Nullable StackTraceElement first =
        frames.filter(CallSite::isTheApplications).findFirst().orElse(null);
    return first == null
        ? "a place outside of the application's code"
        : first.getClassName()
            + "."
            + first.getMethodName()
            + "("
            + first.getFileName()
            + ":"
            + first.getLineNumber()
            + ")";
  }

  private static boolean isTheApplications(StackTraceElement frame) {
    return NOT_THE_APPLICATION.stream().noneMatch(frame.getClassName()::startsWith);
  }
}
