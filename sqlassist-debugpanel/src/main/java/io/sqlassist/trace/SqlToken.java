package io.sqlassist.trace;

/** A piece of a statement. */
record SqlToken(Type type, int start, int end) {

  enum Type {
    WORD,
    QUOTED_NAME,
    STRING,
    NUMBER,
    PLACEHOLDER,
    COMMENT,
    SIGN
  }

  String in(String sql) {
    return sql.substring(start, end);
  }

  boolean is(String sql, char sign) {
    return type == Type.SIGN && sql.charAt(start) == sign && end == start + 1;
  }

  boolean isWord(String sql, String lowerCase) {
    return type == Type.WORD
        && end - start == lowerCase.length()
        && sql.regionMatches(true, start, lowerCase, 0, lowerCase.length());
  }

  boolean isLiteral() {
    return type == Type.STRING || type == Type.NUMBER || type == Type.PLACEHOLDER;
  }
}
