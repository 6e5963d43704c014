package io.sqlassist.trace;

import java.util.Locale;

/** What a lexer must know of a database: the texts of others are read by the standard. */
enum SqlDialect {
  H2(false, false),
  POSTGRESQL(false, false),
  MARIADB(true, true),
  OTHER(false, false);

  private final boolean backslashEscapes;
  private final boolean doubleQuotedStrings;

  SqlDialect(boolean backslashEscapes, boolean doubleQuotedStrings) {
    this.backslashEscapes = backslashEscapes;
    this.doubleQuotedStrings = doubleQuotedStrings;
  }

  static SqlDialect ofProduct(String product) {
    String name = product.toLowerCase(Locale.ROOT);
    if (name.startsWith("h2")) {
      return H2;
    }
    if (name.startsWith("postgresql")) {
      return POSTGRESQL;
    }
    return name.startsWith("mariadb") || name.startsWith("mysql") ? MARIADB : OTHER;
  }

  boolean backslashEscapes() {
    return backslashEscapes;
  }

  boolean doubleQuotedStrings() {
    return doubleQuotedStrings;
  }
}
