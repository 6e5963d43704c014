package io.sqlassist.javalin;

import jakarta.servlet.http.HttpServletRequest;
import org.eclipse.jetty.ee10.servlet.AsyncContextEvent;
import org.eclipse.jetty.ee10.servlet.ServletChannelState;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;

/** What only the servlet container knows of a request, asked of Jetty, on which Javalin runs. */
final class ServletState {

  private ServletState() {}

  /**
   * Whether the asynchronous time-out of this request has fired, or the request is even over:
   * another thread answers it. Javalin runs the remaining stages then, with no exception and while
   * the worker may still be running.
   */
  static boolean hasTimedOut(HttpServletRequest request) {
    try {
      // Not isAsyncStarted(): false again from the time-out on until a thread has taken it up.
      return state(request).isExpired();
    } catch (IllegalStateException | NullPointerException e) {
      return true; // Jetty answers so when the request is over
    }
  }

  /**
   * Keeps the asynchronous time-out of this request from firing.
   *
   * @return false if it has fired, or the request is over
   */
  static boolean stopTimeOut(HttpServletRequest request) {
    try {
      ServletChannelState state = state(request);
      state.setTimeout(0);
      AsyncContextEvent event = state.getAsyncContextEvent();
      if (event != null) {
        event.cancelTimeoutTask();
      }
      return state.isSuspended();
    } catch (IllegalStateException | NullPointerException e) {
      return false;
    }
  }

  private static ServletChannelState state(HttpServletRequest request) {
    return ServletContextRequest.getServletContextRequest(request).getState();
  }

  /** Whether the request may be completed by another thread than the one that serves it. */
  static boolean isAsync(HttpServletRequest request) {
    try {
      return request.isAsyncStarted();
    } catch (IllegalStateException | NullPointerException e) {
      return true; // it has been
    }
  }

  /**
   * Whether this is the thread on which the JDK ends futures that took too long: {@code orTimeout},
   * {@code completeOnTimeout}, and with them the time-out of {@code ctx.async}. Nothing else of an
   * application runs there, and the worker may still be running.
   */
  static boolean isTimersThread(Thread thread) {
    String name = thread.getName();
    return name.equals("CompletableFutureDelayScheduler") || name.endsWith("-delayScheduler");
  }

  /** Breaks the answer off: the client sees an incomplete one. */
  static void abort(HttpServletRequest request, Throwable cause) {
    ServletContextRequest jetty = ServletContextRequest.getServletContextRequest(request);
    // Javalin closes a compressed stream at the end, which would complete the answer after all.
    jetty.getHttpOutput().softClose();
    jetty.getServletChannel().abort(cause);
  }
}
