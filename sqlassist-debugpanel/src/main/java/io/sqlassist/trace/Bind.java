package io.sqlassist.trace;

/**
 * A value that was bound to a statement, as text.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param index its parameter, counted from 1
 * @param type the Java type it was bound as, without its package: {@code Long}, {@code String},
 *     {@code byte[]}; {@code null} for SQL's NULL
 * @param value what is known of it; empty when it is masked
 * @param state how much is known
 */
public record Bind(int index, String type, String value, State state) {

  /** How much of a value is known. */
  public enum State {
    /** All of it. */
    COMPLETE,
    /** Its beginning. */
    TRUNCATED,
    /** Nothing: it belongs to a column that may hold a secret. The value was never stored. */
    MASKED,
    /** Its type or length only: its class is unknown here, or it is binary. */
    OPAQUE
  }
}
