package io.sqlassist.session;

import java.io.Serial;

/**
 * Two threads used one unit of work at once. The second one was refused; the first is not
 * disturbed.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class ConcurrentUnitException extends IllegalStateException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param label which unit of work
   * @param user name of the thread that is using it
   * @param intruder name of the thread that was refused
   */
  public ConcurrentUnitException(String label, String user, String intruder) {
    super(
        "The unit of work '"
            + label
            + "' is in use by thread '"
            + user
            + "' and can't be used by thread '"
            + intruder
            + "' at the same time: sessions belong to one thread at a time. Let one thread wait for"
            + " the other, or give each its own unit: SqlAssist.inUnit(db -> ...).");
  }
}
