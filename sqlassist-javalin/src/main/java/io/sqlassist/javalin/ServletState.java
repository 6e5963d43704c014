package io.sqlassist.javalin;

import jakarta.servlet.http.HttpServletRequest;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;

/** What only the servlet container knows of a request, asked of Jetty, on which Javalin runs. */
final class ServletState {

  private ServletState() {}

  /**
   * Whether the asynchronous time-out of this request has fired. Javalin runs the remaining stages
   * then, with no exception and while the worker may still be running.
   */
  static boolean hasTimedOut(HttpServletRequest request) {
    return request.isAsyncStarted()
        && ServletContextRequest.getServletContextRequest(request).getState().isExpired();
  }

  /** Breaks the answer off: the client sees an incomplete one. */
  static void abort(HttpServletRequest request, Throwable cause) {
    ServletContextRequest.getServletContextRequest(request).getServletChannel().abort(cause);
  }
}
