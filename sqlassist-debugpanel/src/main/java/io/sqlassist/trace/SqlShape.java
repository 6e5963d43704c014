package io.sqlassist.trace;

import io.sqlassist.trace.SqlToken.Form;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a statement is, found out once for each text.
 *
 * @param text the statement without secrets, at most 16 KiB
 * @param textHash hash of all of it
 * @param truncated whether the text is not complete
 * @param fingerprint hash of the normalized text
 * @param normalized the statement without what differs between executions, at most 2 KiB
 * @param kind what it does
 * @param secretBinds the placeholders, counted from 1, whose values are secrets
 * @param hidesLiterals whether something in the text was replaced
 * @param repeatable whether the same question has the same answer as long as nobody writes
 */
record SqlShape(
    String text,
    long textHash,
    boolean truncated,
    long fingerprint,
    String normalized,
    StatementKind kind,
    BitSet secretBinds,
    boolean hidesLiterals,
    boolean repeatable) {

  static final int MAX_TEXT = 16 * 1024;
  private static final int MAX_NORMALIZED = 2 * 1024;
  private static final String MASK = "'***'";

  static SqlShape of(String sql, SqlDialect dialect, SensitiveNames names, boolean maskAll) {
    List<SqlToken> tokens = SqlLexer.tokens(sql, dialect);
    tokens.removeIf(each -> each.form() == Form.COMMENT);
    BitSet secrets = new BitSet();
    if (maskAll) {
      secrets.set(0, tokens.size());
    } else {
      secrets = SecretFinder.find(sql, tokens, names);
    }
    BitSet secretBinds = new BitSet();
    int placeholder = 0;
    boolean hides = false;
    for (int i = 0; i < tokens.size(); i++) {
      Form form = tokens.get(i).form();
      if (form == Form.PLACEHOLDER) {
        secretBinds.set(++placeholder, secrets.get(i));
      } else if (secrets.get(i) && tokens.get(i).isLiteral()) {
        hides = true;
      }
    }
    if (maskAll) {
      secretBinds.set(1, Math.max(2, placeholder + 1));
    }
    // Comments may hold anything; what is masked is rebuilt without them.
    String shown = hides ? masked(sql, tokens, secrets) : sql;
    String normalized = normalized(sql, tokens);
    return new SqlShape(
        cut(shown, MAX_TEXT),
        hash(shown),
        shown.length() > MAX_TEXT,
        hash(normalized),
        cut(normalized, MAX_NORMALIZED),
        kind(sql, tokens),
        secretBinds,
        hides,
        isRepeatable(sql, tokens));
  }

  /** What answers anew each time: sequences, clocks, dice, locks. */
  private static final Set<String> ANEW =
      Set.of(
          "lastval",
          "setval",
          "last_insert_id",
          "scope_identity",
          "identity",
          "random",
          "rand",
          "random_uuid",
          "gen_random_uuid",
          "uuid",
          "uuid_generate_v4",
          "newid",
          "now",
          "clock_timestamp",
          "statement_timestamp",
          "transaction_timestamp",
          "timeofday",
          "sysdatetime",
          "getdate",
          "utc_timestamp",
          "unix_timestamp",
          "curtime",
          "get_lock",
          "release_lock",
          "is_free_lock",
          "pg_sleep",
          "sleep",
          "benchmark",
          "row_count",
          "found_rows");

  /** The same, of what needs no parentheses. */
  private static final Set<String> ANEW_ALONE =
      Set.of(
          "current_timestamp",
          "current_time",
          "localtimestamp",
          "localtime",
          "sysdate",
          "systimestamp");

  private static boolean isRepeatable(String sql, List<SqlToken> tokens) {
    for (int i = 0; i < tokens.size(); i++) {
      if (tokens.get(i).form() != Form.WORD) {
        continue;
      }
      String word = tokens.get(i).in(sql).toLowerCase(Locale.ROOT);
      boolean ofSequence =
          word.equals("value")
              && i > 0
              && (tokens.get(i - 1).isWord(sql, "next")
                  || tokens.get(i - 1).isWord(sql, "previous")
                  || tokens.get(i - 1).isWord(sql, "current"));
      boolean ofTable = i > 0 && tokens.get(i - 1).is(sql, '.');
      boolean called = i + 1 < tokens.size() && tokens.get(i + 1).is(sql, '(');
      boolean locked = i + 1 < tokens.size() && tokens.get(i + 1).isWord(sql, "locked");
      if (ofSequence
          || word.equals("nextval") // Oracle's stands behind a dot
          || word.equals("currval")
          || (word.equals("skip") && locked)
          || (!ofTable && ANEW_ALONE.contains(word))
          || (called
              && (ANEW.contains(word)
                  || word.startsWith("pg_advisory")
                  || word.startsWith("pg_try_advisory")))) {
        return false;
      }
    }
    return true;
  }

  private static String masked(String sql, List<SqlToken> tokens, BitSet secrets) {
    StringBuilder masked = new StringBuilder(sql.length());
    int from = 0;
    for (int i = 0; i < tokens.size(); i++) {
      SqlToken token = tokens.get(i);
      if (from < token.start()) {
        masked.append(isBlank(sql, from, token.start()) ? sql.substring(from, token.start()) : " ");
      }
      boolean hidden =
          secrets.get(i) && (token.form() == Form.STRING || token.form() == Form.NUMBER);
      masked.append(hidden ? MASK : token.in(sql));
      from = token.end();
    }
    return masked.toString();
  }

  private static boolean isBlank(String sql, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Character.isWhitespace(sql.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** Beginning and end of a long text, with what says that something is missing and which. */
  static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    String note = " ... [" + text.length() + " characters, hash " + hex(hash(text)) + "] ... ";
    int kept = most - note.length();
    return text.substring(0, kept * 3 / 4)
        + note
        + text.substring(text.length() - (kept - kept * 3 / 4));
  }

  private static String normalized(String sql, List<SqlToken> tokens) {
    StringBuilder out = new StringBuilder(Math.min(sql.length(), 4096));
    boolean afterRow = false;
    int i = 0;
    while (i < tokens.size()) {
      SqlToken token = tokens.get(i);
      int afterNextRow =
          afterRow && token.is(sql, ',') ? afterListOfValues(sql, tokens, i + 1) : -1;
      if (afterNextRow > 0) {
        i = afterNextRow;
        continue;
      }
      int afterList = afterListOfValues(sql, tokens, i);
      if (afterList > 0) {
        boolean in = endsWith(out, "in");
        afterRow = endsWith(out, "values");
        separate(out, '(');
        out.append(in ? "(?+)" : list(sql, tokens, i, afterList));
        i = afterList;
        continue;
      }
      afterRow = false;
      append(out, sql, token);
      i++;
    }
    return out.toString();
  }

  private static String list(String sql, List<SqlToken> tokens, int from, int to) {
    int values = 0;
    for (int i = from; i < to; i++) {
      if (tokens.get(i).isLiteral() || tokens.get(i).isWord(sql, "default")) {
        values++;
      }
    }
    return "(" + "?, ".repeat(Math.max(0, values - 1)) + (values > 0 ? "?" : "") + ")";
  }

  /** The index after {@code (value, value, ...)}, or -1 if this is something else. */
  private static int afterListOfValues(String sql, List<SqlToken> tokens, int open) {
    if (open >= tokens.size() || !tokens.get(open).is(sql, '(')) {
      return -1;
    }
    int i = open + 1;
    while (i + 1 < tokens.size()) {
      SqlToken value = tokens.get(i);
      if (value.is(sql, '-')) {
        i++;
        continue;
      }
      if (!value.isLiteral() && !value.isWord(sql, "default") && !value.isWord(sql, "null")) {
        return -1;
      }
      SqlToken after = tokens.get(i + 1);
      if (after.is(sql, ')')) {
        return i + 2;
      }
      if (!after.is(sql, ',')) {
        return -1;
      }
      i += 2;
    }
    return -1;
  }

  private static void append(StringBuilder out, String sql, SqlToken token) {
    switch (token.form()) {
      case WORD -> {
        separate(out, 'a');
        out.append(token.in(sql).toLowerCase(Locale.ROOT));
      }
      case STRING, NUMBER, PLACEHOLDER -> {
        separate(out, '?');
        out.append('?');
      }
      default -> {
        separate(out, sql.charAt(token.start()));
        out.append(sql, token.start(), token.end());
      }
    }
  }

  private static void separate(StringBuilder out, char next) {
    if (out.length() == 0) {
      return;
    }
    char last = out.charAt(out.length() - 1);
    if (last != '(' && last != '.' && next != ')' && next != ',' && next != '.') {
      out.append(' ');
    }
  }

  private static boolean endsWith(StringBuilder out, String word) {
    int end = out.length();
    while (end > 0 && out.charAt(end - 1) == ' ') {
      end--;
    }
    int start = end - word.length();
    return start >= 0
        && out.substring(start, end).equals(word)
        && (start == 0 || !Character.isLetterOrDigit(out.charAt(start - 1)));
  }

  /** What the statement does: several statements do the most that one of them does. */
  private static StatementKind kind(String sql, List<SqlToken> tokens) {
    StatementKind found = null;
    int start = 0;
    for (int i = 0; i <= tokens.size(); i++) {
      if (i == tokens.size() || tokens.get(i).is(sql, ';')) {
        if (i > start) {
          StatementKind kind = kindOfOne(sql, tokens.subList(start, i));
          boolean several = found != null && found != kind;
          found = several ? StatementKind.OTHER : kind;
        }
        start = i + 1;
      }
    }
    return found == null ? StatementKind.OTHER : found;
  }

  private static StatementKind kindOfOne(String sql, List<SqlToken> tokens) {
    for (SqlToken token : tokens) {
      if (token.form() == Form.WORD) {
        return switch (token.in(sql).toLowerCase(Locale.ROOT)) {
          case "select", "with", "values", "table" -> reading(sql, tokens);
          case "show", "describe", "desc" -> StatementKind.SELECT;
          case "insert" -> StatementKind.INSERT;
          case "update" -> StatementKind.UPDATE;
          case "delete" -> StatementKind.DELETE;
          case "merge", "replace" -> StatementKind.MERGE;
          case "call", "exec", "execute", "do" -> StatementKind.CALL;
          case "create",
              "alter",
              "drop",
              "truncate",
              "grant",
              "revoke",
              "comment",
              "rename",
              "analyze",
              "vacuum",
              "reindex" ->
              StatementKind.DDL;
          case "set",
              "begin",
              "start",
              "commit",
              "rollback",
              "savepoint",
              "release",
              "lock",
              "use",
              "reset",
              "discard" ->
              StatementKind.CONTROL;
          default -> StatementKind.OTHER;
        };
      }
      boolean mayStandBefore = token.form() == Form.SIGN || token.form() == Form.PLACEHOLDER;
      if (!mayStandBefore) {
        break;
      }
    }
    return StatementKind.OTHER;
  }

  private static StatementKind reading(String sql, List<SqlToken> tokens) {
    for (int i = 1; i < tokens.size(); i++) {
      SqlToken token = tokens.get(i);
      if (token.isWord(sql, "insert")) {
        return StatementKind.INSERT;
      }
      if (token.isWord(sql, "delete")) {
        return StatementKind.DELETE;
      }
      if (token.isWord(sql, "merge")) {
        return StatementKind.MERGE;
      }
      if (token.isWord(sql, "into")) {
        return StatementKind.OTHER;
      }
      boolean locks = tokens.get(i - 1).isWord(sql, "for") || tokens.get(i - 1).isWord(sql, "key");
      if (token.isWord(sql, "update") && !locks) {
        return StatementKind.UPDATE;
      }
    }
    return StatementKind.SELECT;
  }

  boolean holdsSecrets() {
    return hidesLiterals || !secretBinds.isEmpty();
  }

  String fingerprintText() {
    return hex(fingerprint);
  }

  static String hex(long value) {
    return String.format(Locale.ROOT, "%016x", value);
  }

  /** FNV-1a, with a last mix so that near texts are far apart. */
  static long hash(CharSequence text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return mix(hash);
  }

  static long mix(long hash) {
    long mixed = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    return mixed ^ (mixed >>> 33);
  }
}
