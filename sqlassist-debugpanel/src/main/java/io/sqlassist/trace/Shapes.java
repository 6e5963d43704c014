package io.sqlassist.trace;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What is known of statements, by their text, so that each is looked at once. Thread-safe.
 *
 * <p>A text in which something had to be masked is not remembered.
 */
final class Shapes {

  private static final long MOST_CHARACTERS = 1L << 20;
  private static final int LONGEST = 8 * 1024;

  private record Text(String sql, SqlDialect dialect) {}

  private final ConcurrentHashMap<Text, SqlShape> known = new ConcurrentHashMap<>();
  private final AtomicLong characters = new AtomicLong();
  private final SensitiveNames names;
  private final boolean maskAll;

  Shapes(RecorderSettings settings) {
    names = new SensitiveNames(settings.sensitive());
    maskAll = settings.maskAllBinds();
  }

  SqlShape of(String sql, SqlDialect dialect) {
    Text text = new Text(sql, dialect);
    SqlShape found = known.get(text);
    if (found != null) {
      return found;
    }
    SqlShape shape = SqlShape.of(sql, dialect, names, maskAll);
    if (shape.hidesLiterals() || sql.length() > LONGEST) {
      return shape;
    }
    if (characters.addAndGet(sql.length()) > MOST_CHARACTERS) {
      known.clear();
      characters.set(sql.length());
    }
    SqlShape earlier = known.putIfAbsent(text, shape);
    return earlier == null ? shape : earlier;
  }
}
