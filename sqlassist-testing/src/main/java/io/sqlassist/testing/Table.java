package io.sqlassist.testing;

import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A table of a database.
 *
 * @param catalog where there are no schemas, as on MariaDB
 * @param schema where there are any
 * @param name in the database's spelling
 */
record Table(@Nullable String catalog, @Nullable String schema, String name) {

  /** Drivers don't agree with themselves on catalogs: where there are schemas, these are enough. */
  static Table of(@Nullable String catalog, @Nullable String schema, String name) {
    return new Table(schema == null ? catalog : null, schema, name);
  }

  /** As it stands in a statement. */
  String quoted(DatabaseMetaData database) throws SQLException {
    String quote = database.getIdentifierQuoteString();
    String in = schema == null ? catalog : schema;
    return (in == null ? "" : quoted(in, quote) + ".") + quoted(name, quote);
  }

  static String quoted(String name, String quote) {
    return quote.isBlank() ? name : quote + name.replace(quote, quote + quote) + quote;
  }

  @Override
  public String toString() {
    return name;
  }
}
