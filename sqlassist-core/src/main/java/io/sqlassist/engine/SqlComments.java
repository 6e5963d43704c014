package io.sqlassist.engine;

import io.sqlassist.observe.Observer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.jspecify.annotations.Nullable;

/**
 * Appends comments to statements, in the format of sqlcommenter: keys in order, values encoded, so
 * that nothing in them can end the comment.
 *
 * <p>Comes after whoever else inspects statements: what is judged has no comment yet, and so the
 * judgements can be remembered.
 */
final class SqlComments implements StatementInspector {

  private static final long serialVersionUID = 1L;

  /** Routes are few; if they are not, the rest is built anew each time. */
  private static final int MOST_KEPT = 1_000;

  private static final int LONGEST_VALUE = 255;
  private static final Pattern TRACEPARENT =
      Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

  /** A comment without its traceparent: what comes before that, and what comes after it. */
  private record Text(String before, String after) {}

  private final transient String engine;
  private final transient Map<String, String> tags;
  private final transient @Nullable Supplier<Optional<String>> traceparent;
  private final transient @Nullable StatementInspector inner;
  private final transient Observer observer;
  private final transient Map<String, Text> texts = new ConcurrentHashMap<>();
  private final transient AtomicBoolean warned = new AtomicBoolean();

  SqlComments(SqlCommentConfig config, @Nullable StatementInspector inner, Observer observer) {
    this.engine = config.engine();
    this.tags = Map.copyOf(config.tags());
    this.traceparent = config.traceparent();
    this.inner = inner;
    this.observer = observer;
  }

  /** For sessions that belong to no unit of work. */
  @Override
  public String inspect(String sql) {
    return inspect(sql, "");
  }

  /** For the sessions of one unit of work. */
  UnaryOperator<String> of(Function<String, Optional<Object>> attributes) {
    return sql -> inspect(sql, route(attributes));
  }

  private String inspect(String sql, String route) {
    String statement = sql;
    if (inner != null) {
      String replaced = inner.inspect(sql);
      statement = replaced == null ? sql : replaced;
    }
    if (takesNone(statement)) {
      return statement;
    }
    int end = statement.length();
    while (end > 0 && (statement.charAt(end - 1) == ';' || statement.charAt(end - 1) <= ' ')) {
      end--;
    }
    return end == 0
        ? statement
        : statement.substring(0, end) + " /*" + comment(route) + "*/" + statement.substring(end);
  }

  /**
   * Sqlcommenter leaves statements alone that hold a comment; what looks like one in a string is
   * taken for one. Behind the brackets of a JDBC call nothing may follow.
   */
  private static boolean takesNone(String sql) {
    String begin = sql.stripLeading();
    return sql.contains("/*")
        || sql.contains("--")
        || begin.startsWith("{")
        || begin.startsWith("?");
  }

  private String comment(String route) {
    Text text = texts.get(route);
    if (text == null) {
      text = text(route);
      if (texts.size() < MOST_KEPT) {
        texts.put(route, text);
      }
    }
    String trace = trace();
    if (trace.isEmpty()) {
      return text.before().isEmpty() || text.after().isEmpty()
          ? text.before() + text.after()
          : text.before() + "," + text.after();
    }
    return (text.before().isEmpty() ? "" : text.before() + ",")
        + pair(SqlCommentConfig.TRACEPARENT, trace)
        + (text.after().isEmpty() ? "" : "," + text.after());
  }

  private Text text(String route) {
    TreeMap<String, String> all = new TreeMap<>(tags);
    if (!route.isEmpty()) {
      all.put(SqlCommentConfig.ROUTE, route);
    }
    return new Text(
        pairs(all.headMap(SqlCommentConfig.TRACEPARENT)),
        pairs(all.tailMap(SqlCommentConfig.TRACEPARENT)));
  }

  private static String pairs(Map<String, String> tags) {
    return tags.entrySet().stream()
        .map(tag -> pair(tag.getKey(), tag.getValue()))
        .collect(Collectors.joining(","));
  }

  private static String pair(String key, String value) {
    String shown = value.length() > LONGEST_VALUE ? value.substring(0, LONGEST_VALUE) : value;
    return key
        + "='"
        + URLEncoder.encode(shown, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A")
        + "'";
  }

  private String route(Function<String, Optional<Object>> attributes) {
    try {
      return attributes.apply(SqlCommentConfig.ROUTE).map(String::valueOf).orElse("");
    } catch (RuntimeException e) {
      warn("route", e);
      return "";
    }
  }

  private String trace() {
    if (traceparent == null) {
      return "";
    }
    try {
      return traceparent.get().filter(id -> TRACEPARENT.matcher(id).matches()).orElse("");
    } catch (RuntimeException e) {
      warn("traceparent", e);
      return "";
    }
  }

  /** A statement must not fail because of its comment. */
  private void warn(String key, RuntimeException failure) {
    if (warned.compareAndSet(false, true)) {
      observer.engineWarning(
          engine,
          "the SQL comments lack '"
              + key
              + "', since whoever should tell it has failed: "
              + Secrets.mask(failure.toString(), null)
              + " This is said once.");
    }
  }

  /** How many comments are kept for their routes. */
  int kept() {
    return texts.size();
  }
}
