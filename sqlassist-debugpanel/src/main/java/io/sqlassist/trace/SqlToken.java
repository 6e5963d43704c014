package io.sqlassist.trace;

/** A piece of a statement. */
record SqlToken(Form form, int start, int end) {

  enum Form {
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
    return form == Form.SIGN && sql.charAt(start) == sign && end == start + 1;
  }

  boolean isWord(String sql, String lowerCase) {
    return form == Form.WORD
        && end - start == lowerCase.length()
        && sql.regionMatches(true, start, lowerCase, 0, lowerCase.length());
  }

  boolean isLiteral() {
    return form == Form.STRING || form == Form.NUMBER || form == Form.PLACEHOLDER;
  }
}
