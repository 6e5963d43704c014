package io.sqlassist.debugpanel;

import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Puts one line before the end of an HTML page, where that is certain to do no harm. The line is
 * always the same, so that the page's ETag stays what it would be.
 */
final class Toolbar {

  private static final int MOST_BYTES = 8 << 20;
  private static final byte[] END_OF_BODY = "</body>".getBytes(StandardCharsets.US_ASCII);

  private final String script;

  /**
   * A toolbar.
   *
   * @param script path of its script
   */
  Toolbar(String script) {
    this.script = script;
  }

  /**
   * Changes the answer, if it is a page.
   *
   * @return what became of it, for people
   */
  String inject(Context ctx) {
    String refusal = refusal(ctx);
    if (!refusal.isEmpty()) {
      return "not shown: " + refusal;
    }
    HttpServletRequest request = ctx.req();
    ContentSecurity security =
        ContentSecurity.of(
            ctx.res().getHeaders("Content-Security-Policy"),
            (request.getScheme() + "://" + request.getHeader("Host")).toLowerCase(Locale.ROOT));
    if (!security.allowed()) {
      return "blocked by CSP: the page's Content-Security-Policy lets no script of its own origin"
          + " run";
    }
    if (!(ctx.resultInputStream() instanceof ByteArrayInputStream body)
        || body.available() > MOST_BYTES) {
      return "not shown: the body is a stream";
    }
    byte[] page = body.readAllBytes();
    int end = lastEndOfBody(page);
    if (end < 0) {
      ctx.result(page);
      return "not shown: the page has no </body>";
    }
    byte[] line = line(security.nonce()).getBytes(StandardCharsets.US_ASCII);
    byte[] changed = new byte[page.length + line.length];
    System.arraycopy(page, 0, changed, 0, end);
    System.arraycopy(line, 0, changed, end, line.length);
    System.arraycopy(page, end, changed, end + line.length, page.length - end);
    ctx.result(changed);
    return "shown";
  }

  private String line(String nonce) {
    return "<script type=\"module\" src=\""
        + script
        + "\""
        + (nonce.isEmpty() ? "" : " nonce=\"" + nonce + "\"")
        + " async></script>\n";
  }

  private static String refusal(Context ctx) {
    HttpServletRequest request = ctx.req();
    if (!request.getMethod().equals("GET")) {
      return "not a GET";
    }
    int status = ctx.res().getStatus();
    if (status < 200 || status > 599 || (status >= 300 && status < 400)) {
      return "status " + status;
    }
    String type = String.valueOf(ctx.res().getContentType()).toLowerCase(Locale.ROOT);
    if (!type.startsWith("text/html") || type.contains("utf-16") || type.contains("utf-32")) {
      return "not an HTML page";
    }
    if (ctx.res().isCommitted()) {
      return "the answer is already being sent";
    }
    if (ctx.res().containsHeader("Content-Encoding")
        || ctx.res().containsHeader("Content-Length")) {
      return "the application has encoded or measured the body itself";
    }
    String disposition = ctx.res().getHeader("Content-Disposition");
    if (disposition != null && disposition.toLowerCase(Locale.ROOT).startsWith("attachment")) {
      return "a download";
    }
    if (request.getHeader("HX-Request") != null || request.getHeader("Turbo-Frame") != null) {
      return "a part of a page";
    }
    String destination = request.getHeader("Sec-Fetch-Dest");
    if (destination != null && !destination.equals("document")) {
      return "not the page in the window";
    }
    return "";
  }

  /** Works on bytes: in every encoding that pages are written in, these seven are themselves. */
  private static int lastEndOfBody(byte[] page) {
    for (int start = page.length - END_OF_BODY.length; start >= 0; start--) {
      int i = 0;
      while (i < END_OF_BODY.length && lower(page[start + i]) == END_OF_BODY[i]) {
        i++;
      }
      if (i == END_OF_BODY.length) {
        return start;
      }
    }
    return -1;
  }

  private static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b + 32 : b;
  }
}
