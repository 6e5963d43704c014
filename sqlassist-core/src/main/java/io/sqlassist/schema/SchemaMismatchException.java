package io.sqlassist.schema;

import java.io.Serial;

/**
 * A database is not as the mapping expects it. The message lists every difference.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class SchemaMismatchException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  private final SchemaReport report;

  /**
   * Creates the exception.
   *
   * @param report what differs
   */
  public SchemaMismatchException(SchemaReport report) {
    super(report.toString());
    this.report = report;
  }

  /**
   * What differs.
   *
   * @return the report
   */
  public SchemaReport report() {
    return report;
  }
}
