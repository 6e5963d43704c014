package io.sqlassist.find;

import jakarta.persistence.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.hibernate.Session;

/**
 * Asks several databases the same question, one after the other, and merges the answers: order,
 * offset and limit hold for all of them together. What can't be merged right is refused; a number
 * of rows is added up only where the method's name says so.
 *
 * <p>Each finds through its own session; equal keys in two databases are two entities. Order: what
 * {@link #each} asks for, then the databases in the order given, then the key. The usual order of
 * {@code containing} and {@code startingWith} is that of the attribute with its case; where even
 * that can't be merged there is none.
 *
 * <p>Immutable. Used by the thread that uses its sessions.
 *
 * @param <E> the entity
 */
public final class MergedFinder<E> {

  private final List<Finder<E>> finders;
  private final int offset;
  private final int limit;

  private MergedFinder(List<Finder<E>> finders, int offset, int limit) {
    this.finders = finders;
    this.offset = offset;
    this.limit = limit;
  }

  /**
   * Finds entities of a class through several sessions.
   *
   * @param sessions open sessions, in the order in which equal rows shall come
   * @param entity the entity's class
   * @param <E> the entity
   * @return a finder of all of them
   * @throws IllegalArgumentException if there is no session, or if one does not map the class
   */
  public static <E> MergedFinder<E> of(List<Session> sessions, Class<E> entity) {
    if (sessions.isEmpty()) {
      throw new IllegalArgumentException(
          "There is no session to find " + entity.getName() + " in.");
    }
    List<Finder<E>> finders = new ArrayList<>();
    for (Session session : sessions) {
      finders.add(Finder.of(session, entity));
    }
    return new MergedFinder<>(List.copyOf(finders), 0, Integer.MAX_VALUE);
  }

  /**
   * Adds conditions, and an order, which are the same for each database.
   *
   * @param question adds to a finder, such as {@code f -> f.with("open", true).orderBy("due")};
   *     called once for each database
   * @return a finder with this, too
   * @throws IllegalArgumentException if it sets an offset or a limit: those of one database are not
   *     those of all
   */
  public MergedFinder<E> each(UnaryOperator<Finder<E>> question) {
    List<Finder<E>> asking = new ArrayList<>();
    for (Finder<E> finder : finders) {
      Finder<E> asked = question.apply(finder);
      if (asked.isPaged()) {
        throw new IllegalArgumentException(
            "The offset and limit of one database are not those of all: set them on the merged"
                + " finder, as in each(...).limit(20).");
      }
      asking.add(asked);
    }
    return new MergedFinder<>(List.copyOf(asking), offset, limit);
  }

  /**
   * Leaves out the first ones of all. They are read all the same: each database is asked for offset
   * and limit together.
   *
   * @param rows how many; 0 is the default
   * @return a finder with this offset
   * @throws IllegalArgumentException if negative
   */
  public MergedFinder<E> offset(int rows) {
    return new MergedFinder<>(finders, Finder.notNegative("offset", rows), limit);
  }

  /**
   * Finds not more than that in all.
   *
   * @param rows how many at most; default: no limit
   * @return a finder with this limit
   * @throws IllegalArgumentException if negative
   */
  public MergedFinder<E> limit(int rows) {
    return new MergedFinder<>(finders, offset, Finder.notNegative("limit", rows));
  }

  /**
   * All that match, in the order of all, from the offset to the limit.
   *
   * @return what was found; empty if there is nothing
   * @throws UnsupportedOperationException if the order is one that databases and Java may not agree
   *     on; the message says what can be merged
   */
  public List<E> list() {
    List<MergeOrder> orders = finders.stream().map(Finder::mergeOrder).toList();
    MergeOrder order = orders.get(0);
    List<SortTerm> terms = terms(orders);
    if (limit == 0) {
      return List.of();
    }
    int rows = (int) Math.min(Integer.MAX_VALUE, (long) offset + limit);
    List<Tuple> all = new ArrayList<>();
    for (int i = 0; i < finders.size(); i++) {
      all.addAll(finders.get(i).listForMerging(rows, terms, orders.get(i)));
    }
    // Stable: equal rows stay in the order of the databases, and of the key within one.
    all.sort((one, other) -> compare(order, terms, one, other));
    Class<E> entity = finders.get(0).entity();
    List<E> found = new ArrayList<>();
    for (int i = offset; i < all.size() && found.size() < limit; i++) {
      found.add(all.get(i).get(0, entity));
    }
    return found;
  }

  /** An order that nobody asked for is never what a question fails at. */
  private List<SortTerm> terms(List<MergeOrder> orders) {
    List<SortTerm> asked = finders.get(0).order();
    if (asked.isEmpty()) {
      List<SortTerm> usual = finders.get(0).usualOrderForMerging();
      return MergeOrder.refusal(orders, usual) == null ? usual : List.of();
    }
    UnsupportedOperationException refusal = MergeOrder.refusal(orders, asked);
    if (refusal != null) {
      throw refusal;
    }
    return asked;
  }

  private static int compare(MergeOrder order, List<SortTerm> terms, Tuple one, Tuple other) {
    for (int i = 0; i < terms.size(); i++) {
      int compared = order.compare(terms.get(i), one.get(i + 1), other.get(i + 1));
      if (compared != 0) {
        return compared;
      }
    }
    return 0;
  }

  /**
   * The first one in the order of all.
   *
   * @return the entity, or empty
   * @throws UnsupportedOperationException as {@link #list}
   */
  public Optional<E> first() {
    return limit(Math.min(limit, 1)).list().stream().findFirst();
  }

  /**
   * The only one there is in all databases.
   *
   * @return the entity, or empty
   * @throws NotUniqueException if there are several, in one database or in two
   * @throws IllegalStateException if the finder has an offset or a limit
   */
  public Optional<E> one() {
    if (offset != 0 || limit != Integer.MAX_VALUE) {
      throw new IllegalStateException(
          "one() looks at all that match, but this finder has an offset or a limit. Ask for"
              + " first() or list().");
    }
    List<E> found = limit(2).list();
    if (found.size() > 1) {
      throw new NotUniqueException(finders.get(0).entity(), finders.get(0).conditions());
    }
    return found.stream().findFirst();
  }

  /**
   * The numbers of matching rows of each database, added up: rows that are in two databases count
   * twice. Offset and limit are not looked at.
   *
   * @return their sum
   */
  public long sumOfCounts() {
    long sum = 0;
    for (Finder<E> finder : finders) {
      sum += finder.count();
    }
    return sum;
  }

  /**
   * Whether any database has a match. The others are not asked once one has.
   *
   * @return true if there is one
   */
  public boolean exists() {
    return finders.stream().anyMatch(Finder::exists);
  }

  @Override
  public String toString() {
    return "MergedFinder[" + finders + "]";
  }
}
