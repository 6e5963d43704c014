package io.sqlassist.trace;

import io.sqlassist.trace.SqlToken.Form;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the values of a statement, literals and placeholders, that belong to columns which may hold
 * a secret.
 *
 * <p>A value belongs to every name that stands between it and the last comma or clause before it,
 * to the function around it, and in an INSERT to the column at its place. Where a value belongs to
 * no name at all, it counts as secret if the statement speaks of a secret anywhere.
 */
final class SecretFinder {

  /** What begins something new, so that names before it have nothing to do with values after it. */
  private static final Set<String> CLAUSES =
      Set.of(
          "select",
          "from",
          "where",
          "and",
          "or",
          "on",
          "set",
          "having",
          "when",
          "then",
          "else",
          "end",
          "case",
          "group",
          "order",
          "limit",
          "offset",
          "fetch",
          "top",
          "union",
          "except",
          "intersect",
          "join",
          "inner",
          "left",
          "right",
          "full",
          "cross",
          "using",
          "returning",
          "with",
          "update",
          "delete",
          "merge",
          "values",
          "window",
          "for",
          "escape",
          "distinct");

  /** Words that name no column. */
  private static final Set<String> KEYWORDS =
      Set.of(
          "as",
          "not",
          "null",
          "is",
          "in",
          "like",
          "ilike",
          "similar",
          "to",
          "between",
          "exists",
          "any",
          "all",
          "some",
          "by",
          "asc",
          "desc",
          "into",
          "insert",
          "replace",
          "table",
          "true",
          "false",
          "rows",
          "row",
          "only",
          "first",
          "next",
          "nulls",
          "last",
          "collate",
          "interval",
          "date",
          "time",
          "timestamp",
          "cast",
          "default",
          "do",
          "nothing",
          "conflict",
          "duplicate",
          "key",
          "ignore",
          "call",
          "recursive",
          "lateral",
          "outer",
          "natural",
          "over",
          "partition",
          "regexp",
          "rlike",
          "array",
          "matched",
          "create",
          "alter",
          "drop",
          "user",
          "role");

  private static final Set<String> TABLE_FOLLOWS =
      Set.of("from", "join", "into", "update", "table", "only", "using");

  /** Whose first argument names what the second one is a value of. */
  private static final Set<String> SETTERS = Set.of("set_config", "current_setting");

  /** Numbers of rows, never secrets. */
  private static final Set<String> COUNTS = Set.of("limit", "offset", "fetch", "top");

  /** What is known at one depth of parentheses. */
  private static final class Level {
    private final @Nullable Level outer;
    private final String function;
    private final boolean inheritedName;
    private boolean inheritedSecret;

    /** What the value of each open CASE belongs to: whether to a name, and whether to a secret. */
    private final Deque<boolean[]> cases = new ArrayDeque<>(0);

    private boolean secretTable;
    private boolean name;
    private boolean secret;
    private boolean groupName;
    private boolean groupSecret;
    private boolean betweenOpen;
    private boolean count;

    Level(@Nullable Level outer, String function, boolean name, boolean secret) {
      this.outer = outer;
      this.function = function;
      inheritedName = name;
      inheritedSecret = secret;
      reset();
    }

    /** Whether it, or what is around it, reads or writes a table of secrets. */
    boolean isOfSecretTable() {
      return secretTable || (outer != null && outer.isOfSecretTable());
    }

    void belongTo(boolean[] nameAndSecret) {
      name |= nameAndSecret[0];
      secret |= nameAndSecret[1];
    }

    void reset() {
      name = inheritedName;
      secret = inheritedSecret;
      count = false;
    }

    void add(boolean isSecret) {
      name = true;
      secret |= isSecret;
      groupName = true;
      groupSecret |= isSecret;
    }
  }

  private final String sql;
  private final List<SqlToken> tokens;
  private final SensitiveNames names;
  private final BitSet secrets = new BitSet();
  private final BitSet homeless = new BitSet();
  private final Map<Integer, Level> values = new HashMap<>();
  private boolean speaksOfSecrets;

  private final Deque<Level> levels = new ArrayDeque<>();

  // An INSERT: its columns, and where we are in its rows.
  private final List<Boolean> columns = new ArrayList<>();
  private boolean insertSeen;
  private boolean inColumns;
  private boolean inRows;
  private boolean inSelectList;
  private int insertDepth;
  private int column;

  private SecretFinder(String sql, List<SqlToken> tokens, SensitiveNames names) {
    this.sql = sql;
    this.tokens = tokens;
    this.names = names;
  }

  /** The indexes of the tokens that are values and may be secret. */
  static BitSet find(String sql, List<SqlToken> tokens, SensitiveNames names) {
    SecretFinder finder = new SecretFinder(sql, tokens, names);
    finder.scan();
    if (finder.speaksOfSecrets) {
      finder.secrets.or(finder.homeless);
    }
    finder.values.forEach(
        (value, level) -> {
          if (level.isOfSecretTable()) {
            finder.secrets.set(value);
          }
        });
    return finder.secrets;
  }

  private void scan() {
    levels.push(new Level(null, "", false, false));
    for (int i = 0; i < tokens.size(); i++) {
      SqlToken token = tokens.get(i);
      if (token.is(sql, '(')) {
        open(i);
      } else if (token.is(sql, ')')) {
        close();
      } else if (token.is(sql, ',')) {
        comma();
      } else if (token.is(sql, ';')) {
        level().reset();
        forgetInsert();
      } else if (token.form() == Form.WORD || token.form() == Form.QUOTED_NAME) {
        word(i, token);
      } else if (token.isLiteral()) {
        value(i);
      }
    }
  }

  private Level level() {
    return levels.element();
  }

  private int depth() {
    return levels.size();
  }

  private void open(int i) {
    Level outer = level();
    boolean secretFunction = i > 0 && isName(i - 1) && isSecret(i - 1);
    String function = i > 0 && isName(i - 1) ? tokens.get(i - 1).in(sql) : "";
    levels.push(
        new Level(
            outer,
            function.toLowerCase(Locale.ROOT),
            outer.name || secretFunction,
            outer.secret || secretFunction));
    if (insertSeen && columns.isEmpty() && !inRows && !inSelectList) {
      inColumns = true;
      insertDepth = depth();
    } else if (inRows && depth() == insertDepth) {
      column = 0;
    }
  }

  private void close() {
    if (inColumns && depth() == insertDepth) {
      inColumns = false;
      // The levels of the rows are as deep as that of the columns.
    }
    if (depth() > 1) {
      Level inner = levels.pop();
      level().name |= inner.groupName;
      level().secret |= inner.groupSecret;
      level().groupName |= inner.groupName;
      level().groupSecret |= inner.groupSecret;
    }
  }

  private void comma() {
    level().reset();
    boolean atRow = inRows && depth() == insertDepth;
    boolean atList = inSelectList && depth() == insertDepth - 1;
    if (atRow || atList) {
      column++;
    }
  }

  private void word(int i, SqlToken token) {
    String word =
        token.form() == Form.WORD ? token.in(sql).toLowerCase(Locale.ROOT) : token.in(sql);
    if (token.form() == Form.WORD && CLAUSES.contains(word)) {
      clause(word);
    } else if (token.form() == Form.WORD && KEYWORDS.contains(word)) {
      keyword(word);
    } else {
      name(i);
    }
  }

  private void clause(String word) {
    Level level = level();
    if (word.equals("and") && level.betweenOpen) {
      level.betweenOpen = false;
      return;
    }
    boolean[] belongsTo = {level.name, level.secret};
    level.reset();
    level.count = COUNTS.contains(word);
    if (word.equals("case")) {
      level.cases.push(belongsTo);
    } else if (word.equals("end") && !level.cases.isEmpty()) {
      level.belongTo(level.cases.pop());
    } else if ((word.equals("then") || word.equals("else")) && !level.cases.isEmpty()) {
      level.belongTo(level.cases.element());
    }
    if (word.equals("values") && insertSeen) {
      inRows = true;
      insertDepth = depth() + 1;
      column = 0;
    } else if (word.equals("select") && insertSeen && !columns.isEmpty() && !inRows) {
      inSelectList = true;
      insertDepth = depth() + 1;
      column = 0;
    } else if (inSelectList && word.equals("from") && depth() == insertDepth - 1) {
      inSelectList = false;
      insertSeen = false;
    } else if ((inRows && depth() < insertDepth) && !word.equals("values")) {
      forgetInsert();
    }
  }

  private void keyword(String word) {
    if (word.equals("insert") || word.equals("replace")) {
      forgetInsert();
      insertSeen = true;
    } else if (word.equals("between")) {
      level().betweenOpen = true;
    } else if (inRows && depth() < insertDepth && word.equals("conflict")) {
      forgetInsert();
    }
  }

  private void forgetInsert() {
    insertSeen = false;
    inColumns = false;
    inRows = false;
    inSelectList = false;
    columns.clear();
  }

  private void name(int i) {
    boolean secret = isSecret(i);
    speaksOfSecrets |= secret;
    if (secret && isTable(i)) {
      level().secretTable = true;
    }
    if (inColumns && depth() == insertDepth) {
      columns.add(secret);
      return;
    }
    boolean function = i + 1 < tokens.size() && tokens.get(i + 1).is(sql, '(');
    boolean qualifier = i + 1 < tokens.size() && tokens.get(i + 1).is(sql, '.');
    if (!function && (!qualifier || secret)) {
      level().add(secret);
    }
  }

  private boolean isTable(int i) {
    int before = i - 1;
    while (before >= 1 && tokens.get(before).is(sql, '.')) {
      before -= 2; // a schema
    }
    return before >= 0
        && tokens.get(before).form() == Form.WORD
        && TABLE_FOLLOWS.contains(tokens.get(before).in(sql).toLowerCase(Locale.ROOT));
  }

  private boolean isName(int i) {
    SqlToken token = tokens.get(i);
    return token.form() == Form.QUOTED_NAME
        || (token.form() == Form.WORD
            && !CLAUSES.contains(token.in(sql).toLowerCase(Locale.ROOT))
            && !KEYWORDS.contains(token.in(sql).toLowerCase(Locale.ROOT)));
  }

  private boolean isSecret(int i) {
    return isName(i) && names.isSensitive(tokens.get(i).in(sql));
  }

  private void value(int i) {
    Level level = level();
    if (level.count) {
      return;
    }
    boolean namesSecret =
        SETTERS.contains(level.function)
            && tokens.get(i).form() == Form.STRING
            && names.isSensitive(tokens.get(i).in(sql));
    if (namesSecret) {
      speaksOfSecrets = true;
      level.inheritedSecret = true;
      return;
    }
    values.put(i, level);
    boolean atColumn =
        !columns.isEmpty()
            && ((inRows && depth() >= insertDepth) || (inSelectList && depth() >= insertDepth - 1));
    if (atColumn && column < columns.size()) {
      if (columns.get(column) || level.secret) {
        secrets.set(i);
      }
      return;
    }
    int other = comparedWith(i);
    if (level.secret || (other >= 0 && isSecret(other))) {
      secrets.set(i);
    } else if (!level.name && other < 0) {
      homeless.set(i);
    }
  }

  /** The name that a value is compared with, where the value stands first; -1 if there is none. */
  private int comparedWith(int i) {
    int at = i + 1;
    if (at >= tokens.size()) {
      return -1;
    }
    SqlToken operator = tokens.get(at);
    boolean compares =
        (operator.form() == Form.SIGN && "=<>!".indexOf(sql.charAt(operator.start())) >= 0)
            || operator.isWord(sql, "in")
            || operator.isWord(sql, "like");
    if (!compares) {
      return -1;
    }
    int found = -1;
    for (at++; at < tokens.size(); at++) {
      SqlToken token = tokens.get(at);
      if (isName(at)) {
        found = at;
        if (isSecret(at)) {
          return found;
        }
      } else if (!token.is(sql, '(') && !token.is(sql, '.')) {
        break;
      }
    }
    return found;
  }
}
