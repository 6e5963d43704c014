package io.sqlassist.javalin;

import io.javalin.http.servlet.JavalinServletContext;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.IOException;

/**
 * Notices whether a handler has read the request's body in a way in which it can't be read again.
 * Javalin keeps the body for {@code body()} and everything made of it, Jetty the parts of a form; a
 * stream is gone.
 */
final class WatchedBody extends HttpServletRequestWrapper {

  private final JavalinServletContext ctx;
  private int openings;

  private WatchedBody(JavalinServletContext ctx, HttpServletRequest request) {
    super(request);
    this.ctx = ctx;
  }

  /** Puts itself below the request that the handler sees. */
  static WatchedBody of(JavalinServletContext ctx) {
    HttpServletRequestWrapper javalins = (HttpServletRequestWrapper) ctx.req();
    WatchedBody watched = new WatchedBody(ctx, (HttpServletRequest) javalins.getRequest());
    javalins.setRequest(watched);
    return watched;
  }

  @Override
  public ServletInputStream getInputStream() throws IOException {
    openings++;
    return super.getInputStream();
  }

  @Override
  public BufferedReader getReader() throws IOException {
    openings++;
    return super.getReader();
  }

  /** Tells, in the failure that is not repeated for it, if the body is gone. */
  boolean canBeReadAgain(Throwable failure) {
    if (openings == 0 || (openings == 1 && isKeptByJavalin())) {
      return true;
    }
    failure.addSuppressed(
        new IllegalStateException(
            "The handler of '"
                + ctx.method()
                + " "
                + ctx.path()
                + "' is not retried: it has read the request's body as a stream, which can't be read"
                + " again. Use ctx.body(), bodyAsBytes() or bodyAsClass(...) there."));
    return false;
  }

  /**
   * It opens the stream to answer only if it does not keep the body; what it reads then is lost.
   */
  private boolean isKeptByJavalin() {
    int before = openings;
    try {
      ctx.bodyAsBytes();
    } catch (RuntimeException e) {
      return false; // the body is too large for it
    }
    return openings == before;
  }
}
