package io.sqlassist.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the SQL comments of an engine say, besides the engine's name and the route. Lives inside the
 * lambda of {@link EngineConfig#sqlComments(java.util.function.Consumer)}; later use throws.
 *
 * <p>Used by one thread.
 */
public final class SqlCommentConfig {

  static final String ENGINE = "engine";
  static final String ROUTE = "route";
  static final String TRACEPARENT = "traceparent";

  private static final Set<String> OWN = Set.of(ENGINE, ROUTE, TRACEPARENT);
  private static final Pattern KEY = Pattern.compile("[a-z][a-z0-9_]*");

  private final String engine;
  private final Map<String, String> tags = new LinkedHashMap<>();
  private @Nullable Supplier<Optional<String>> traceparent;
  private boolean frozen;

  SqlCommentConfig(String engine) {
    this.engine = engine;
    tags.put(ENGINE, engine);
  }

  /**
   * Adds a tag that is the same in all comments, for example {@code application}.
   *
   * @param key lower-case letters, digits and underscores
   * @param value any text; it is encoded
   * @return this
   * @throws IllegalArgumentException if the key has other characters, or is one of SqlAssist's own
   */
  public SqlCommentConfig tag(String key, String value) {
    checkOpen();
    if (!KEY.matcher(key).matches() || OWN.contains(key)) {
      throw new IllegalArgumentException(
          "Engine '"
              + engine
              + "': '"
              + key
              + "' can't be the key of a tag in SQL comments: expected lower-case letters, digits"
              + " and underscores, beginning with a letter, and none of "
              + OWN.stream().sorted().toList()
              + ", which SqlAssist sets itself.");
    }
    tags.put(key, Objects.requireNonNull(value, "value"));
    return this;
  }

  /**
   * Adds the current trace, as the {@code traceparent} of W3C Trace Context. Default: none, since
   * it has its price: every statement is another text, so that the database and the driver can't
   * keep prepared statements.
   *
   * @param current asked for each statement, on the thread that runs it; what is no traceparent is
   *     left out
   * @return this
   */
  public SqlCommentConfig traceparent(Supplier<Optional<String>> current) {
    checkOpen();
    traceparent = Objects.requireNonNull(current, "current");
    return this;
  }

  private void checkOpen() {
    if (frozen) {
      throw new IllegalStateException(
          "The configuration of engine '"
              + engine
              + "' is complete. Make every call inside the lambda, not after it has returned.");
    }
  }

  void freeze() {
    frozen = true;
  }

  String engine() {
    return engine;
  }

  Map<String, String> tags() {
    return tags;
  }

  @Nullable Supplier<Optional<String>> traceparent() {
    return traceparent;
  }
}
