package io.sqlassist.testing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The name of a table as a mapping has it, taken apart.
 *
 * @param schema the schema, or the database on MariaDB, if it is named
 * @param schemaQuoted whether the schema's letters count as they are
 * @param table the table
 * @param tableQuoted whether the table's letters count as they are
 */
record QualifiedName(
    @Nullable String schema, boolean schemaQuoted, String table, boolean tableQuoted) {

  private static final String OPENING = "\"`[";
  private static final String CLOSING = "\"`]";

  static QualifiedName of(String text) {
    List<String> parts = parts(text);
    String table = parts.get(parts.size() - 1);
    String schema = parts.size() == 1 ? null : parts.get(parts.size() - 2);
    return new QualifiedName(
        schema == null ? null : unquoted(schema),
        schema != null && isQuoted(schema),
        unquoted(table),
        isQuoted(table));
  }

  /** Dots inside of quotes belong to a name. */
  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    int quote = -1;
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      if (quote >= 0) {
        quote = character == CLOSING.charAt(quote) ? -1 : quote;
      } else if (character == '.') {
        parts.add(text.substring(from, i));
        from = i + 1;
      } else {
        quote = OPENING.indexOf(character);
      }
    }
    parts.add(text.substring(from));
    return parts;
  }

  private static boolean isQuoted(String part) {
    return part.length() > 1 && OPENING.indexOf(part.charAt(0)) >= 0;
  }

  private static String unquoted(String part) {
    if (!isQuoted(part)) {
      return part;
    }
    String closing = part.substring(part.length() - 1);
    return part.substring(1, part.length() - 1).replace(closing + closing, closing);
  }

  /** As it stands in a statement. */
  String in(String quote) {
    String name = tableQuoted ? Table.quoted(table, quote) : table;
    if (schema == null) {
      return name;
    }
    return (schemaQuoted ? Table.quoted(schema, quote) : schema) + "." + name;
  }

  @Override
  public String toString() {
    return schema == null ? table : schema + "." + table;
  }
}
