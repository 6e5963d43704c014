package io.sqlassist.find;

import jakarta.persistence.criteria.Expression;
import jakarta.persistence.criteria.Predicate;
import org.hibernate.dialect.Dialect;
import org.hibernate.dialect.H2Dialect;
import org.hibernate.query.criteria.HibernateCriteriaBuilder;
import org.hibernate.query.criteria.JpaExpression;

/**
 * Text without regard to case, as the database sees it: it folds both sides, so that the locale of
 * this JVM has no say and an index on {@code lower(column)} can be used.
 */
final class TextMatch {

  /** Not a backslash: databases do not agree on what that means inside of a literal. */
  private static final char ESCAPE = '!';

  private final HibernateCriteriaBuilder cb;
  private final boolean lowerDependsOnLocale;

  TextMatch(HibernateCriteriaBuilder cb, Dialect dialect) {
    this.cb = cb;
    // H2 runs in a JVM, and its lower() is String.toLowerCase() there.
    this.lowerDependsOnLocale = dialect instanceof H2Dialect;
  }

  JpaExpression<String> fold(Expression<String> text) {
    return lowerDependsOnLocale
        ? cb.sql("cast(? as varchar_ignorecase)", String.class, text)
        : cb.lower(text);
  }

  Predicate equal(JpaExpression<String> column, String text) {
    return cb.equal(fold(column), fold(cb.value(text)));
  }

  Predicate startingWith(JpaExpression<String> column, String text) {
    return cb.like(fold(column), fold(cb.value(escaped(text) + "%")), ESCAPE);
  }

  Predicate containing(JpaExpression<String> column, String text) {
    return cb.like(fold(column), fold(cb.value("%" + escaped(text) + "%")), ESCAPE);
  }

  /** Text that LIKE takes for itself, letter by letter. */
  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      if (each == '%' || each == '_' || each == ESCAPE) {
        escaped.append(ESCAPE);
      }
      escaped.append(each);
    }
    return escaped.toString();
  }
}
