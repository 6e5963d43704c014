package io.sqlassist.javalin;

import io.javalin.http.servlet.JavalinServletContext;
import jakarta.servlet.http.HttpServletResponse;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a request's answer was at one moment, to be made that again. */
final class Answer {

  private final JavalinServletContext ctx;
  private final int status;
  private final @Nullable String contentType;
  private final Map<String, List<String>> headers = new LinkedHashMap<>();
  private final @Nullable InputStream result;

  private Answer(JavalinServletContext ctx) {
    HttpServletResponse response = ctx.res();
    this.ctx = ctx;
    status = response.getStatus();
    contentType = response.getContentType();
    for (String name : response.getHeaderNames()) {
      headers.put(name, List.copyOf(response.getHeaders(name)));
    }
    result = ctx.resultInputStream();
  }

  static Answer of(JavalinServletContext ctx) {
    return new Answer(ctx);
  }

  /** Not once a byte was sent; nor where a compressed stream has begun. */
  boolean canBeTakenBack() {
    return !ctx.res().isCommitted() && ctx.res().getHeader("Content-Encoding") == null;
  }

  void takeBack() {
    HttpServletResponse response = ctx.res();
    reset(response);
    response.setStatus(status);
    if (contentType != null) {
      response.setContentType(contentType);
    }
    headers.forEach(
        (name, values) -> {
          response.setHeader(name, null); // what Jetty has put back is among them
          values.forEach(value -> response.addHeader(name, value));
        });
    if (ctx.resultInputStream() != result) {
      ctx.result(result == null ? InputStream.nullInputStream() : result);
    }
  }

  /** Empties an answer. Jetty puts the cookie of a new session back, and does it twice. */
  static void reset(HttpServletResponse response) {
    response.reset();
    Set<String> cookies = new LinkedHashSet<>(response.getHeaders("Set-Cookie"));
    response.setHeader("Set-Cookie", null);
    cookies.forEach(cookie -> response.addHeader("Set-Cookie", cookie));
  }
}
