package io.sqlassist.find;

import jakarta.persistence.criteria.Nulls;
import jakarta.persistence.criteria.Root;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.query.Order;
import org.hibernate.query.SortDirection;
import org.hibernate.query.criteria.HibernateCriteriaBuilder;
import org.hibernate.query.criteria.JpaExpression;
import org.hibernate.query.criteria.JpaOrder;

/**
 * One attribute to sort by.
 *
 * @param nulls where rows without a value go; NONE for behind all others, or before them if
 *     descending
 */
record SortTerm(
    EntityAttribute attribute, SortDirection direction, boolean ignoringCase, Nulls nulls) {

  private static final String GRAMMAR =
      "Expected an attribute, then optionally 'asc' or 'desc', 'ignoring case', 'nulls first' or"
          + " 'nulls last'; several with commas between them.";

  static SortTerm of(Order<?> order, EntityAttributes attributes) {
    return checked(
        attributes.named(order.attributeName()),
        order.direction(),
        !order.caseSensitive(),
        order.nullPrecedence());
  }

  private static SortTerm checked(
      EntityAttribute attribute, SortDirection direction, boolean ignoringCase, Nulls nulls) {
    if (attribute.type() instanceof jakarta.persistence.metamodel.ManagedType<?>) {
      throw new IllegalArgumentException(
          "'"
              + attribute.name()
              + "' has several columns, or those of another table: sort by one of its parts, such"
              + " as '"
              + attribute.name()
              + ".id'.");
    }
    return new SortTerm(attribute, direction, ignoringCase && attribute.isText(), nulls);
  }

  static SortTerm ascending(EntityAttribute attribute, boolean ignoringCase) {
    return checked(attribute, SortDirection.ASCENDING, ignoringCase, Nulls.NONE);
  }

  /** Reads terms such as {@code "author desc, title ignoring case"}. */
  static List<SortTerm> parse(String terms, EntityAttributes attributes) {
    List<SortTerm> parsed = new ArrayList<>();
    for (String term : terms.split(",", -1)) {
      String[] words = term.strip().split("\\s+", -1);
      if (words[0].isEmpty()) {
        throw new IllegalArgumentException(
            "There is nothing to sort by in '" + terms + "'. " + GRAMMAR);
      }
      SortDirection direction = SortDirection.ASCENDING;
      boolean ignoringCase = false;
      Nulls nulls = Nulls.NONE;
      for (int i = 1; i < words.length; i++) {
        String next = i + 1 < words.length ? words[i + 1] : "";
        if (words[i].equalsIgnoreCase("asc")) {
          direction = SortDirection.ASCENDING;
        } else if (words[i].equalsIgnoreCase("desc")) {
          direction = SortDirection.DESCENDING;
        } else if (words[i].equalsIgnoreCase("ignoring") && next.equalsIgnoreCase("case")) {
          ignoringCase = true;
          i++;
        } else if (words[i].equalsIgnoreCase("nulls") && next.equalsIgnoreCase("first")) {
          nulls = Nulls.FIRST;
          i++;
        } else if (words[i].equalsIgnoreCase("nulls") && next.equalsIgnoreCase("last")) {
          nulls = Nulls.LAST;
          i++;
        } else {
          throw new IllegalArgumentException(
              "'"
                  + words[i]
                  + "' in the order '"
                  + term.strip()
                  + "' is not understood. "
                  + GRAMMAR);
        }
      }
      parsed.add(checked(attributes.named(words[0]), direction, ignoringCase, nulls));
    }
    return parsed;
  }

  /** Where the database alone would put nulls depends on the database. */
  JpaOrder in(Root<?> root, HibernateCriteriaBuilder cb, TextMatch text) {
    JpaExpression<?> column = ignoringCase ? text.fold(attribute.textIn(root)) : attribute.in(root);
    return sort(column, cb);
  }

  JpaOrder sort(JpaExpression<?> column, HibernateCriteriaBuilder cb) {
    return attribute.optional()
        ? cb.sort(column, direction, placeOfNulls())
        : cb.sort(column, direction);
  }

  Nulls placeOfNulls() {
    if (nulls != Nulls.NONE) {
      return nulls;
    }
    return direction == SortDirection.ASCENDING ? Nulls.LAST : Nulls.FIRST;
  }
}
