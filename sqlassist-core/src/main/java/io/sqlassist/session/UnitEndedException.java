package io.sqlassist.session;

import java.io.Serial;

/**
 * A unit of work was used after it had ended.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class UnitEndedException extends IllegalStateException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param label which unit of work
   */
  public UnitEndedException(String label) {
    super(
        "The unit of work '"
            + label
            + "' has ended: its sessions are closed. Read what you need before it ends, or do later"
            + " work in a unit of its own: SqlAssist.inUnit(db -> ...).");
  }

  /**
   * Creates the exception.
   *
   * @param label which unit of work
   * @param cause how the end was noticed
   */
  public UnitEndedException(String label, Throwable cause) {
    this(label);
    initCause(cause);
  }
}
