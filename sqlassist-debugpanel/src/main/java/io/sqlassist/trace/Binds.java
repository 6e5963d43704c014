package io.sqlassist.trace;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The values that are bound to a statement now. Used by the thread that uses the statement.
 *
 * <p>Asks no object for its text whose class it does not know.
 */
final class Binds {

  static final int MOST = 64;
  private static final int LONGEST = 256;
  private static final Object NOT_BOUND = new Object();

  private Object[] values = new Object[8];
  private int count;

  /** What a setter named {@code set...} was called with. */
  void set(int index, @Nullable Object value) {
    if (index < 1 || index > 100_000) {
      return; // the driver will complain
    }
    if (index > values.length) {
      values = Arrays.copyOf(values, Math.max(index, values.length * 2));
    }
    for (int i = count; i < index - 1; i++) {
      values[i] = NOT_BOUND;
    }
    values[index - 1] = value;
    count = Math.max(count, index);
  }

  void clear() {
    Arrays.fill(values, null);
    count = 0;
  }

  int count() {
    return count;
  }

  /** The first values, as text; secrets are left out here and nowhere later. */
  List<Bind> toTrace(BitSet secrets, boolean maskAll) {
    List<Bind> all = new ArrayList<>(Math.min(count, MOST));
    for (int i = 0; i < count && i < MOST; i++) {
      all.add(bind(i + 1, values[i], maskAll || secrets.get(i + 1)));
    }
    return List.copyOf(all);
  }

  private static Bind bind(int index, @Nullable Object value, boolean secret) {
    if (value == null) {
      return new Bind(
          index, "null", secret ? "" : "null", secret ? Bind.State.MASKED : Bind.State.COMPLETE);
    }
    if (value == NOT_BOUND) {
      return new Bind(index, "unknown", "", Bind.State.OPAQUE);
    }
    String type = value.getClass().getSimpleName();
    if (secret) {
      return new Bind(index, type, "", Bind.State.MASKED);
    }
    if (value instanceof byte[] bytes) {
      return new Bind(index, type, bytes.length + " bytes", Bind.State.OPAQUE);
    }
    if (value.getClass().isArray()) {
      return new Bind(index, type, Array.getLength(value) + " elements", Bind.State.OPAQUE);
    }
    String text = text(value);
    if (text == null) {
      return new Bind(index, type, value.getClass().getName(), Bind.State.OPAQUE);
    }
    return text.length() > LONGEST
        ? new Bind(index, type, text.substring(0, LONGEST), Bind.State.TRUNCATED)
        : new Bind(index, type, text, Bind.State.COMPLETE);
  }

  private static @Nullable String text(Object value) {
    if (value instanceof String text) {
      return text;
    }
    if (value instanceof BigDecimal number) {
      return number.precision() > LONGEST ? null : number.toString();
    }
    if (value instanceof BigInteger number) {
      return number.bitLength() > 1_000 ? null : number.toString();
    }
    if (value instanceof Enum<?> constant) {
      return constant.name();
    }
    return isKnown(value) ? value.toString() : null;
  }

  private static boolean isKnown(Object value) {
    boolean ofTheJdk =
        value.getClass().getName().startsWith("java.")
            && (value instanceof Number
                || value instanceof Boolean
                || value instanceof Character
                || value instanceof UUID
                || value instanceof Temporal
                || value instanceof Date);
    return ofTheJdk || value.getClass().getName().startsWith("java.time.");
  }

  /** Whether equal hashes mean equal values. */
  boolean isComparable() {
    for (int i = 0; i < count; i++) {
      Object value = values[i];
      if (value != null && !(value instanceof byte[]) && text(value) == null) {
        return false;
      }
    }
    return true;
  }

  /** A hash of all values that are no secrets. */
  long hash(BitSet secrets) {
    long hash = count;
    for (int i = 0; i < count; i++) {
      hash = SqlShape.mix(hash * 31 + (secrets.get(i + 1) ? 7 : hash(values[i])));
    }
    return hash;
  }

  private static long hash(@Nullable Object value) {
    if (value instanceof String text) {
      return SqlShape.hash(text);
    }
    if (value instanceof Long || value instanceof Integer || value instanceof Short) {
      return SqlShape.mix(((Number) value).longValue() + 0x9e3779b97f4a7c15L);
    }
    if (value == null || value == NOT_BOUND) {
      return 3;
    }
    if (value instanceof byte[] bytes) {
      long hash = bytes.length;
      for (byte each : bytes) {
        hash = (hash ^ each) * 0x100000001b3L;
      }
      return hash;
    }
    String text = text(value);
    return text == null ? 5 : SqlShape.hash(text);
  }
}
