package io.sqlassist.find;

import jakarta.persistence.criteria.Nulls;
import jakarta.persistence.criteria.Root;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.Set;
import org.hibernate.dialect.Dialect;
import org.hibernate.dialect.H2Dialect;
import org.hibernate.dialect.MySQLDialect;
import org.hibernate.dialect.PostgreSQLDialect;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.BasicValuedModelPart;
import org.hibernate.query.SortDirection;
import org.hibernate.query.criteria.HibernateCriteriaBuilder;
import org.hibernate.query.criteria.JpaExpression;
import org.hibernate.query.criteria.JpaOrder;
import org.jspecify.annotations.Nullable;

/**
 * An order that databases and this JVM agree on, so that sorted answers of several databases can be
 * merged. What they may not agree on is refused.
 */
final class MergeOrder {

  /** Sorted everywhere as they compare here. */
  private static final Set<Class<?>> AGREED =
      Set.of(
          Byte.class,
          Short.class,
          Integer.class,
          Long.class,
          BigInteger.class,
          BigDecimal.class,
          Boolean.class,
          LocalDate.class,
          LocalDateTime.class,
          LocalTime.class,
          Instant.class);

  /** How a database sorts text if it is told to leave languages out of it. */
  private enum Text {
    /** H2 sorts the way Java does. */
    UTF_16("?"),
    POSTGRESQL("? collate \"C\""),
    MYSQL("cast(? as binary)");

    private final String sql;

    Text(String sql) {
      this.sql = sql;
    }

    int compare(String one, String other) {
      return this == UTF_16 ? one.compareTo(other) : byCodePoints(one, other);
    }

    static @Nullable Text of(Dialect dialect) {
      if (dialect instanceof H2Dialect) {
        return UTF_16;
      } else if (dialect instanceof PostgreSQLDialect) {
        return POSTGRESQL;
      } else if (dialect instanceof MySQLDialect) {
        return MYSQL;
      }
      return null;
    }
  }

  private final @Nullable Text text;
  private final SessionFactoryImplementor factory;
  private final Class<?> entity;

  private MergeOrder(@Nullable Text text, SessionFactoryImplementor factory, Class<?> entity) {
    this.text = text;
    this.factory = factory;
    this.entity = entity;
  }

  /** How one database takes part. */
  static MergeOrder of(SessionFactoryImplementor factory, Class<?> entity) {
    return new MergeOrder(Text.of(dialect(factory)), factory, entity);
  }

  private static Dialect dialect(SessionFactoryImplementor factory) {
    return factory.getJdbcServices().getDialect();
  }

  /** Why the answers of these databases can't be merged in that order; null if they can. */
  static @Nullable UnsupportedOperationException refusal(
      List<MergeOrder> databases, List<SortTerm> terms) {
    for (MergeOrder database : databases) {
      for (SortTerm term : terms) {
        String reason = database.reasonAgainst(term);
        if (reason == null) {
          reason = databases.get(0).reasonAgainst(term, database);
        }
        if (reason != null) {
          return refusal(term, reason);
        }
      }
    }
    return null;
  }

  private @Nullable String reasonAgainst(SortTerm term) {
    EntityAttribute attribute = term.attribute();
    if (term.ignoringCase()) {
      return "what is upper and lower case is each database's own matter";
    }
    boolean converted =
        factory.getMappingMetamodel().getEntityDescriptor(entity).findByPath(attribute.name())
                instanceof BasicValuedModelPart basic
            && basic.getJdbcMapping().getValueConverter() != null;
    if (converted) {
      return "it is converted, and the database sorts what is stored";
    }
    if (attribute.isText() ? text == null : !AGREED.contains(attribute.boxedType())) {
      return attribute.isText()
          ? "how " + dialect(factory).getClass().getSimpleName() + " sorts text is not known here"
          : "values of type "
              + attribute.javaType().getSimpleName()
              + " may be sorted in another way than they compare in Java";
    }
    return null;
  }

  private static UnsupportedOperationException refusal(SortTerm term, String reason) {
    return new UnsupportedOperationException(
        "The answers of several databases can't be merged in the order of '"
            + term.attribute().name()
            + "'"
            + (term.ignoringCase() ? " ignoring case" : "")
            + ": "
            + reason
            + ". Numbers, dates, times, booleans and text with its case can be merged; sort the"
            + " others after list(), without a limit.");
  }

  /** Text of two databases can be compared only if both sort it alike. */
  private @Nullable String reasonAgainst(SortTerm term, MergeOrder other) {
    boolean differ =
        term.attribute().isText()
            && text != null
            && other.text != null
            && text != other.text
            && (text == Text.UTF_16 || other.text == Text.UTF_16);
    return differ ? "the databases are of different kinds and sort text differently" : null;
  }

  JpaOrder sort(SortTerm term, Root<?> root, HibernateCriteriaBuilder cb) {
    JpaExpression<?> column = term.attribute().in(root);
    Text order = text;
    if (term.attribute().isText() && order != null && order != Text.UTF_16) {
      column = cb.sql(order.sql, String.class, column);
    }
    return term.sort(column, cb);
  }

  /** Compares two values of one term. */
  @SuppressWarnings("unchecked")
  int compare(SortTerm term, @Nullable Object one, @Nullable Object other) {
    if (one == null || other == null) {
      int nullIsLess = term.placeOfNulls() == Nulls.FIRST ? -1 : 1;
      return one == other ? 0 : one == null ? nullIsLess : -nullIsLess;
    }
    int compared =
        one instanceof String text1 && text != null
            ? text.compare(text1, (String) other)
            : ((Comparable<Object>) one).compareTo(other);
    return term.direction() == SortDirection.ASCENDING ? compared : -compared;
  }

  private static int byCodePoints(String one, String other) {
    int length = Math.min(one.length(), other.length());
    for (int i = 0; i < length; ) {
      int a = one.codePointAt(i);
      int b = other.codePointAt(i);
      if (a != b) {
        return Integer.compare(a, b);
      }
      i += Character.charCount(a);
    }
    return Integer.compare(one.length(), other.length());
  }
}
