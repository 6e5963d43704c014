package io.sqlassist.trace;

import java.lang.StackWalker.Option;
import java.lang.StackWalker.StackFrame;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The application's part of a call stack. */
final class Stacks {

  /** About as many frames as Hibernate and Javalin have between a statement and {@link #SERVER}. */
  private static final int USUAL_DEPTH = 64;

  private static final StackWalker WALKER =
      StackWalker.getInstance(Set.of(Option.RETAIN_CLASS_REFERENCE), USUAL_DEPTH);

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

  /** Below it there is nothing but the server's own, which is half of a request's stack. */
  private static final String SERVER = "io.javalin.http.servlet.JavalinServlet";

  private enum Kind {
    APPLICATION,
    LIBRARY,
    SERVER
  }

  /** Found out once for each class: comparing names takes longer than walking the stack. */
  private final ClassValue<Kind> kinds =
      new ClassValue<>() {
        @Override
        protected Kind computeValue(Class<?> type) {
          String name = type.getName();
          if (name.equals(SERVER)) {
            return Kind.SERVER;
          }
          return excluded.stream().anyMatch(name::startsWith) ? Kind.LIBRARY : Kind.APPLICATION;
        }
      };

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
    return WALKER.walk(this::application);
  }

  private List<Frame> application(Stream<StackFrame> stack) {
    List<Frame> found = new ArrayList<>(most);
    Iterator<StackFrame> all = stack.iterator();
    for (int depth = 0; depth < DEEPEST && found.size() < most && all.hasNext(); depth++) {
      StackFrame frame = all.next();
      Kind kind = kinds.get(frame.getDeclaringClass());
      if (kind == Kind.SERVER) {
        break;
      }
      if (kind == Kind.APPLICATION) {
        found.add(frame(frame));
      }
    }
    return List.copyOf(found);
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
