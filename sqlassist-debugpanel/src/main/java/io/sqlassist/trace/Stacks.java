package io.sqlassist.trace;

import java.lang.StackWalker.StackFrame;
import java.util.ArrayList;
import java.util.List;

/** The application's part of a call stack. */
final class Stacks {

  private static final StackWalker WALKER = StackWalker.getInstance();

  /** Most frames that are looked at: below them nothing of the application is expected. */
  private static final int DEEPEST = 400;

  private static final List<String> NOT_THE_APPLICATION =
      List.of(
          "java.",
          "javax.",
          "jdk.",
          "sun.",
          "com.sun.",
          "jakarta.",
          "kotlin.",
          "org.hibernate.",
          "com.zaxxer.",
          "io.javalin.",
          "org.eclipse.jetty.",
          "com.arjuna.",
          "io.agroal.",
          "org.jboss.",
          "io.sqlassist.SqlAssist",
          "io.sqlassist.engine.",
          "io.sqlassist.session.",
          "io.sqlassist.transaction.",
          "io.sqlassist.observe.",
          "io.sqlassist.find.",
          "io.sqlassist.trace.",
          "io.sqlassist.javalin.",
          "io.sqlassist.jta.",
          "io.sqlassist.testing.",
          "io.sqlassist.debugpanel.");

  private final List<String> excluded;
  private final int most;
  private final Interner<Frame> frames = new Interner<>(4_096);

  Stacks(RecorderSettings settings) {
    List<String> all = new ArrayList<>(NOT_THE_APPLICATION);
    all.addAll(settings.excludedPackages());
    excluded = List.copyOf(all);
    most = settings.frames();
  }

  /** Innermost first. */
  List<Frame> application() {
    if (most == 0) {
      return List.of();
    }
    return WALKER.walk(
        stack ->
            stack.limit(DEEPEST).filter(this::isApplication).limit(most).map(this::frame).toList());
  }

  private boolean isApplication(StackFrame frame) {
    String name = frame.getClassName();
    for (String prefix : excluded) {
      if (name.startsWith(prefix)) {
        return false;
      }
    }
    return true;
  }

  private Frame frame(StackFrame frame) {
    return frames.intern(
        new Frame(
            frame.getClassName(),
            frame.getMethodName(),
            frame.getFileName(),
            frame.getLineNumber()));
  }
}
