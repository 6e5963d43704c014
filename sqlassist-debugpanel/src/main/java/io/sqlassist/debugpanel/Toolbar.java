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
  private static final byte[] END_OF_DOCUMENT = "</html>".getBytes(StandardCharsets.US_ASCII);

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
    int end = endOfBody(page);
    if (end < 0) {
      ctx.result(page);
      return "not shown: the page does not end with </body>";
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

  /**
   * Where {@code </body>} stands, if nothing follows but the end of the document: what stands
   * elsewhere may be a text within a script. Works on bytes: in every encoding that pages are
   * written in, these signs are themselves.
   */
  private static int endOfBody(byte[] page) {
    int end = withoutBlanks(page, page.length);
    if (endsWith(page, end, END_OF_DOCUMENT)) {
      end = withoutBlanks(page, end - END_OF_DOCUMENT.length);
    }
    return endsWith(page, end, END_OF_BODY) ? end - END_OF_BODY.length : -1;
  }

  private static int withoutBlanks(byte[] page, int end) {
    int at = end;
    while (at > 0 && (page[at - 1] == ' ' || (page[at - 1] >= '\t' && page[at - 1] <= '\r'))) {
      at--;
    }
    return at;
  }

  private static boolean endsWith(byte[] page, int end, byte[] with) {
    int start = end - with.length;
    for (int i = 0; start >= 0 && i < with.length; i++) {
      if (lower(page[start + i]) != with[i]) {
        return false;
      }
    }
    return start >= 0;
  }

  private static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b + 32 : b;
  }
}
