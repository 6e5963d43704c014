package io.sqlassist.find;

import jakarta.persistence.Tuple;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import jakarta.persistence.criteria.Selection;
import jakarta.persistence.metamodel.Attribute;
import jakarta.persistence.metamodel.EntityType;
import jakarta.persistence.metamodel.SingularAttribute;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.hibernate.BatchSize;
import org.hibernate.Session;
import org.hibernate.SessionCheckMode;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.query.Order;
import org.hibernate.query.SelectionQuery;
import org.hibernate.query.criteria.HibernateCriteriaBuilder;
import org.hibernate.query.criteria.JpaCriteriaQuery;
import org.hibernate.query.criteria.JpaSubQuery;
import org.hibernate.query.restriction.Restriction;
import org.hibernate.query.sqm.tree.from.SqmAttributeJoin;
import org.hibernate.query.sqm.tree.from.SqmFrom;
import org.hibernate.query.sqm.tree.from.SqmJoin;
import org.jspecify.annotations.Nullable;

/**
 * Finds entities by their attributes: a session and an entity, conditions, an order, and then a
 * question.
 *
 * <pre>{@code
 * Finder<Book> books = Finder.of(db.reader(), Book.class);
 * Optional<Book> emma = books.withIgnoringCase("title", "emma").one();
 * List<Book> page = books.containing("title", "100%").orderBy("author desc, title").limit(20).list();
 * }</pre>
 *
 * <p>Each method that adds something returns a new finder and leaves this one as it is. Conditions
 * are joined with <em>and</em>. Attributes are named by a string or by the static metamodel; a part
 * of an embedded attribute is {@code "address.city"}, the key of an associated entity {@code
 * "author.id"}. Names are checked against the mapping, values are bound: neither can become SQL.
 *
 * <p>Immutable. Used by the thread that uses its session; valid as long as the session is open.
 *
 * @param <E> the entity
 */
public final class Finder<E> {

  /** What some databases allow in one list, and none needs more of. */
  private static final int IDS_AT_ONCE = 1_000;

  private final Session session;
  private final Class<E> entity;
  private final EntityAttributes attributes;
  private final Wish<E> wish;

  /** A condition, and what errors call it: without values, which may be secrets. */
  private record Condition<E>(String description, Function<Where<E>, Predicate> predicate) {}

  /** Where a condition is put into a query. */
  private record Where<E>(Root<E> root, HibernateCriteriaBuilder cb, TextMatch text) {}

  /** A query that has its conditions; each entity that matches is one row of it. */
  private record Question<E, R>(JpaCriteriaQuery<R> query, Where<E> where) {}

  /** What is looked for; {@code usualOrder} holds if nobody asks for another. */
  private record Wish<E>(
      List<Condition<E>> conditions,
      List<SortTerm> order,
      List<SortTerm> usualOrder,
      int offset,
      int limit) {

    Wish<E> page(int newOffset, int newLimit) {
      return new Wish<>(conditions, order, usualOrder, newOffset, newLimit);
    }

    List<SortTerm> effectiveOrder() {
      return order.isEmpty() ? usualOrder : order;
    }
  }

  private Finder(Session session, Class<E> entity, EntityAttributes attributes, Wish<E> wish) {
    this.session = session;
    this.entity = entity;
    this.attributes = attributes;
    this.wish = wish;
  }

  /**
   * Finds entities of a class through a session.
   *
   * @param session any open session; what is found belongs to it
   * @param entity the entity's class
   * @param <E> the entity
   * @return a finder of all of them, in the order of their keys
   * @throws IllegalArgumentException if the session's factory does not map the class; the message
   *     lists the entities that it maps
   */
  public static <E> Finder<E> of(Session session, Class<E> entity) {
    return new Finder<>(
        session,
        entity,
        new EntityAttributes(typeOf(session, entity)),
        new Wish<>(List.of(), List.of(), List.of(), 0, Integer.MAX_VALUE));
  }

  private static EntityType<?> typeOf(Session session, Class<?> entity) {
    try {
      return session.getMetamodel().entity(entity);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Not an entity: "
              + entity.getName()
              + " is not mapped where this session comes from. Entities there: "
              + session.getMetamodel().getEntities().stream()
                  .map(EntityType::getName)
                  .sorted()
                  .collect(Collectors.joining(", "))
              + ".",
          e);
    }
  }

  /**
   * The entity with that key. Asks the session first, then the database. Conditions of this finder
   * are not looked at.
   *
   * @param id the key
   * @return the entity, or empty
   * @throws IllegalArgumentException if the key is of another type than the entity's, or a
   *     collection of keys
   */
  public Optional<E> byId(Object id) {
    return Optional.ofNullable(session.find(entity, checkedId(id)));
  }

  /**
   * The entities with those keys, in the order in which the keys are given. A key that is given
   * twice counts once; a key without an entity is left out. Entities that the session holds already
   * are not asked for again; the others are, with at most 1,000 keys in a statement. No keys: no
   * statement. Conditions of this finder are not looked at.
   *
   * @param ids the keys
   * @return what was found; empty if there is nothing
   * @throws IllegalArgumentException if a key is of another type than the entity's
   */
  public List<E> byIds(Collection<?> ids) {
    if (ids.isEmpty()) {
      return List.of();
    }
    Set<Object> wanted = new LinkedHashSet<>();
    for (Object id : ids) {
      wanted.add(checkedId(id));
    }
    List<E> found =
        new ArrayList<>(
            session.findMultiple(
                entity, List.copyOf(wanted), new BatchSize(IDS_AT_ONCE), SessionCheckMode.ENABLED));
    found.removeIf(Objects::isNull);
    return found;
  }

  private Object checkedId(@Nullable Object id) {
    if (id == null) {
      throw new IllegalArgumentException("A key of " + entity.getSimpleName() + " is never null.");
    }
    if (id instanceof Collection<?> || id instanceof Object[]) {
      throw new IllegalArgumentException(
          "byId(...) finds one " + entity.getSimpleName() + ". Use byIds(...) for several.");
    }
    Class<?> type = typeOf(session, entity).getIdType().getJavaType();
    return EntityAttribute.fit("The key of " + entity.getSimpleName(), type, id);
  }

  /**
   * Only those whose attribute has that value.
   *
   * @param attribute the attribute's name
   * @param value the value; null for those without one
   * @return a finder with this condition, too
   * @throws UnknownAttributeException if there is no such attribute
   * @throws IllegalArgumentException if the value is not of the attribute's type
   */
  public Finder<E> with(String attribute, @Nullable Object value) {
    EntityAttribute found = attributes.named(attribute);
    if (value == null) {
      return and(found.name() + " is null", where -> where.cb.isNull(found.in(where.root)));
    }
    Object fitting = found.fit(value);
    return and(
        found.name() + " equal to the value given",
        where -> where.cb.equal(found.in(where.root), where.cb.value(fitting)));
  }

  /**
   * Only those whose attribute has that value.
   *
   * @param attribute the attribute
   * @param value the value; null for those without one
   * @param <T> the attribute's type
   * @return a finder with this condition, too
   */
  public <T> Finder<E> with(SingularAttribute<? super E, T> attribute, @Nullable T value) {
    return with(nameOf(attribute), value);
  }

  /**
   * Only those whose attribute has that text, in upper or lower case. {@code lower(column) =
   * lower(?)}: an index on {@code lower(column)} serves it.
   *
   * @param attribute the name of an attribute that is a {@code String}
   * @param text the text
   * @return a finder with this condition, too
   * @throws UnknownAttributeException if there is no such attribute
   * @throws IllegalArgumentException if the attribute is not a {@code String}
   */
  public Finder<E> withIgnoringCase(String attribute, String text) {
    Objects.requireNonNull(text, "text");
    EntityAttribute found = text(attribute);
    return and(
        found.name() + " equal to the text given, ignoring case",
        where -> where.text.equal(found.textIn(where.root), text));
  }

  /**
   * Only those whose attribute has that text, in upper or lower case.
   *
   * @param attribute the attribute
   * @param text the text
   * @return a finder with this condition, too
   */
  public Finder<E> withIgnoringCase(SingularAttribute<? super E, String> attribute, String text) {
    return withIgnoringCase(nameOf(attribute), text);
  }

  /**
   * Only those whose attribute begins with that text, in upper or lower case; sorted by the
   * attribute unless the finder has an order. {@code %}, {@code _} and {@code \} stand for
   * themselves.
   *
   * @param attribute the name of an attribute that is a {@code String}
   * @param text the text; empty for all that have a value
   * @return a finder with this condition, too
   * @throws UnknownAttributeException if there is no such attribute
   * @throws IllegalArgumentException if the attribute is not a {@code String}
   */
  public Finder<E> startingWith(String attribute, String text) {
    Objects.requireNonNull(text, "text");
    EntityAttribute found = text(attribute);
    return and(
            found.name() + " starting with the text given",
            where -> where.text.startingWith(found.textIn(where.root), text))
        .usuallySortedBy(found);
  }

  /**
   * Only those whose attribute begins with that text, in upper or lower case.
   *
   * @param attribute the attribute
   * @param text the text; empty for all that have a value
   * @return a finder with this condition, too
   */
  public Finder<E> startingWith(SingularAttribute<? super E, String> attribute, String text) {
    return startingWith(nameOf(attribute), text);
  }

  /**
   * Only those whose attribute contains that text, in upper or lower case; sorted by the attribute
   * unless the finder has an order. {@code %}, {@code _} and {@code \} stand for themselves.
   *
   * @param attribute the name of an attribute that is a {@code String}
   * @param text the text; empty for all that have a value
   * @return a finder with this condition, too
   * @throws UnknownAttributeException if there is no such attribute
   * @throws IllegalArgumentException if the attribute is not a {@code String}
   */
  public Finder<E> containing(String attribute, String text) {
    Objects.requireNonNull(text, "text");
    EntityAttribute found = text(attribute);
    return and(
            found.name() + " containing the text given",
            where -> where.text.containing(found.textIn(where.root), text))
        .usuallySortedBy(found);
  }

  /**
   * Only those whose attribute contains that text, in upper or lower case.
   *
   * @param attribute the attribute
   * @param text the text; empty for all that have a value
   * @return a finder with this condition, too
   */
  public Finder<E> containing(SingularAttribute<? super E, String> attribute, String text) {
    return containing(nameOf(attribute), text);
  }

  private EntityAttribute text(String attribute) {
    EntityAttribute found = attributes.named(attribute);
    found.requireText();
    return found;
  }

  /**
   * Only those for which a condition in Hibernate's criteria holds. It may join what it needs: an
   * entity that several rows of a collection match is found, and counted, once.
   *
   * @param filter the condition
   * @return a finder with this condition, too
   */
  public Finder<E> where(Filter<E> filter) {
    Objects.requireNonNull(filter, "filter");
    return and("a filter", where -> filter.on(where.root, where.cb));
  }

  /**
   * Only those for which one of Hibernate's restrictions holds.
   *
   * @param restriction the restriction
   * @return a finder with this condition, too
   */
  public Finder<E> where(Restriction<? super E> restriction) {
    Objects.requireNonNull(restriction, "restriction");
    return and("a restriction", where -> restriction.toPredicate(where.root, where.cb));
  }

  /**
   * Sorts by attributes, after those that the finder sorts by already. The key is always the last,
   * so that pages neither overlap nor leave gaps.
   *
   * <p>Each term is an attribute, then optionally {@code asc} (the default) or {@code desc}, {@code
   * ignoring case}, {@code nulls first} or {@code nulls last}; several have commas between them:
   * {@code "author.id desc, title ignoring case"}. Case can be ignored of text; for other types it
   * means nothing. Rows without a value come last, descending first, on every database.
   *
   * @param terms what to sort by; may come from a request: it is checked, and never becomes SQL
   * @return a finder that sorts by this, too
   * @throws UnknownAttributeException if there is no such attribute
   * @throws IllegalArgumentException if a term can't be understood
   */
  public Finder<E> orderBy(String terms) {
    return sorted(SortTerm.parse(terms, attributes));
  }

  /**
   * Sorts by attributes, after those that the finder sorts by already.
   *
   * @param orders Hibernate's orders, such as {@code Order.by(Book_.title, DESCENDING, true)}, the
   *     last for ignoring case: in Hibernate 7.4 {@code Order.asc(Book_.title).ignoringCase()} does
   *     not ignore it
   * @return a finder that sorts by this, too
   * @throws UnknownAttributeException if there is no such attribute
   */
  @SafeVarargs
  public final Finder<E> orderBy(Order<? super E>... orders) {
    List<SortTerm> terms = new ArrayList<>();
    for (Order<? super E> each : orders) {
      terms.add(SortTerm.of(each, attributes));
    }
    return sorted(terms);
  }

  /**
   * Leaves out the first ones.
   *
   * @param rows how many; 0 is the default
   * @return a finder with this offset
   * @throws IllegalArgumentException if negative
   */
  public Finder<E> offset(int rows) {
    return wishing(wish.page(notNegative("offset", rows), wish.limit));
  }

  /**
   * Finds not more than that.
   *
   * @param rows how many at most; 0 finds nothing and asks nobody. Default: no limit
   * @return a finder with this limit
   * @throws IllegalArgumentException if negative
   */
  public Finder<E> limit(int rows) {
    return wishing(wish.page(wish.offset, notNegative("limit", rows)));
  }

  static int notNegative(String what, int rows) {
    if (rows < 0) {
      throw new IllegalArgumentException("The " + what + " " + rows + " is negative.");
    }
    return rows;
  }

  /**
   * The only one there is.
   *
   * @return the entity, or empty
   * @throws NotUniqueException if there are several
   * @throws IllegalStateException if the finder has an offset or a limit, which would hide others
   */
  public Optional<E> one() {
    if (isPaged()) {
      throw new IllegalStateException(
          "one() looks at all that match, but this finder has an offset or a limit. Ask for"
              + " first() or list().");
    }
    return only(limit(2).list());
  }

  private Optional<E> only(List<E> found) {
    if (found.size() > 1) {
      throw new NotUniqueException(entity, description());
    }
    return found.isEmpty() ? Optional.empty() : Optional.of(found.get(0));
  }

  /**
   * The first one in the finder's order.
   *
   * @return the entity, or empty
   */
  public Optional<E> first() {
    return limit(Math.min(wish.limit, 1)).list().stream().findFirst();
  }

  /**
   * All that match, in the finder's order, from its offset to its limit.
   *
   * @return what was found; empty if there is nothing
   */
  public List<E> list() {
    if (wish.limit == 0) {
      return List.of();
    }
    Question<E, E> question = question(entity);
    JpaCriteriaQuery<E> query = question.query;
    query.select(question.where.root).orderBy(order(question.where));
    return page(session.createSelectionQuery(query)).getResultList();
  }

  private <R> SelectionQuery<R> page(SelectionQuery<R> query) {
    if (wish.offset > 0) {
      query.setFirstResult(wish.offset);
    }
    if (wish.limit != Integer.MAX_VALUE) {
      query.setMaxResults(wish.limit);
    }
    return query;
  }

  /**
   * The one whose attribute has exactly that text; if there is none, the one that has it in upper
   * or lower case. What "exactly" means is decided letter by letter, also where the database's
   * collation says that {@code a} equals {@code A}. Offset, limit and order are not looked at.
   *
   * @param attribute the name of an attribute that is a {@code String}
   * @param text the text
   * @return the entity, or empty
   * @throws NotUniqueException if there are several that match exactly; or none, and several
   *     without regard to case
   * @throws UnknownAttributeException if there is no such attribute
   */
  public Optional<E> exactThenIgnoringCase(String attribute, String text) {
    Objects.requireNonNull(text, "text");
    EntityAttribute found = text(attribute);
    Finder<E> all = offset(0).limit(Integer.MAX_VALUE);
    Finder<E> equal = all.with(attribute, text);
    List<E> exact = new ArrayList<>();
    for (Tuple row : equal.listWith(found)) {
      if (text.equals(row.get(1))) {
        exact.add(row.get(0, entity));
      }
    }
    Optional<E> one = equal.only(exact);
    return one.isPresent() ? one : all.withIgnoringCase(attribute, text).one();
  }

  /**
   * The one whose attribute has exactly that text; if there is none, the one that has it in upper
   * or lower case.
   *
   * @param attribute the attribute
   * @param text the text
   * @return the entity, or empty
   * @throws NotUniqueException as {@link #exactThenIgnoringCase(String, String)}
   */
  public Optional<E> exactThenIgnoringCase(
      SingularAttribute<? super E, String> attribute, String text) {
    return exactThenIgnoringCase(nameOf(attribute), text);
  }

  /** Entities together with one attribute's value. */
  private List<Tuple> listWith(EntityAttribute attribute) {
    Question<E, Tuple> question = question(Tuple.class);
    Where<E> where = question.where;
    question.query.select(where.cb.tuple(where.root, attribute.in(where.root)));
    return session.createSelectionQuery(question.query).getResultList();
  }

  /**
   * How many match, whatever offset and limit say.
   *
   * @return their number
   */
  public long count() {
    Question<E, Long> question = question(Long.class);
    question.query.select(question.where.cb.count(question.where.root));
    return session.createSelectionQuery(question.query).getSingleResult();
  }

  /**
   * Whether any match, whatever offset and limit say. Loads none.
   *
   * @return true if there is one
   */
  public boolean exists() {
    Question<E, Integer> question = question(Integer.class);
    question.query.select(question.where.cb.literal(1));
    return !session.createSelectionQuery(question.query).setMaxResults(1).getResultList().isEmpty();
  }

  // What the merging of several finders' answers needs to know.

  /** What the caller asked for; empty if nothing. */
  List<SortTerm> order() {
    return wish.order;
  }

  /**
   * The order that nobody asked for, as far as it can be merged: what is upper and lower case is
   * each database's own matter, so case counts.
   */
  List<SortTerm> usualOrderForMerging() {
    return wish.usualOrder.stream()
        .map(term -> SortTerm.ascending(term.attribute(), false))
        .toList();
  }

  boolean isPaged() {
    return wish.offset != 0 || wish.limit != Integer.MAX_VALUE;
  }

  Class<E> entity() {
    return entity;
  }

  String conditions() {
    return description();
  }

  /** Up to so many entities, each with its values in the order's terms. */
  List<Tuple> listForMerging(int rows, List<SortTerm> terms, MergeOrder merging) {
    Question<E, Tuple> question = question(Tuple.class);
    Where<E> where = question.where;
    JpaCriteriaQuery<Tuple> query = question.query;
    List<Selection<?>> selected = new ArrayList<>();
    selected.add(where.root);
    List<jakarta.persistence.criteria.Order> sorts = new ArrayList<>();
    for (SortTerm term : terms) {
      selected.add(term.attribute().in(where.root));
      sorts.add(merging.sort(term, where.root, where.cb));
    }
    for (EntityAttribute key : attributes.key()) {
      sorts.add(SortTerm.ascending(key, false).in(where.root, where.cb, where.text));
    }
    query.select(where.cb.tuple(selected)).orderBy(sorts);
    return wishing(wish.page(0, rows)).page(session.createSelectionQuery(query)).getResultList();
  }

  MergeOrder mergeOrder() {
    return MergeOrder.of(factory(), entity);
  }

  /**
   * The values of an entity's columns by attribute: keys, versions, plain attributes, the parts of
   * embedded ones, and of an associated entity its key. Loads what is not loaded; collections, and
   * what stands in other tables, are not part of it.
   *
   * @param found an entity
   * @return attribute name to value, in the order of the mapping; a copy
   * @throws org.hibernate.LazyInitializationException if something must be loaded, and the entity
   *     belongs to no open session
   */
  public Map<String, @Nullable Object> toMap(E found) {
    return Collections.unmodifiableMap(LoadedState.complete(factory(), found));
  }

  /**
   * As {@link #toMap}, but only what is loaded: runs no SQL, also for proxies and lazy attributes,
   * and works for detached entities.
   *
   * @param found an entity
   * @return attribute name to value, in the order of the mapping; a copy
   */
  public Map<String, @Nullable Object> loadedToMap(E found) {
    return Collections.unmodifiableMap(LoadedState.of(factory(), found));
  }

  /**
   * The attributes of {@link #loadedToMap}.
   *
   * @param found an entity
   * @return their names, in the order of the mapping
   */
  public List<String> loadedAttributes(E found) {
    return List.copyOf(LoadedState.of(factory(), found).keySet());
  }

  private SessionFactoryImplementor factory() {
    return session.getSessionFactory().unwrap(SessionFactoryImplementor.class);
  }

  private HibernateCriteriaBuilder builder() {
    return session.getCriteriaBuilder();
  }

  /**
   * A query for which the conditions hold. What a condition joins may make several rows of one
   * entity, which no limit and no number of rows could tell from several entities: such conditions
   * go into a subquery for the keys.
   */
  private <R> Question<E, R> question(Class<R> result) {
    JpaCriteriaQuery<R> query = builder().createQuery(result);
    Where<E> where = where(query.from(entity));
    Predicate[] conditions = conditions(where);
    if (multipliesRows((SqmFrom<?, ?>) where.root)) {
      query = builder().createQuery(result);
      where = where(query.from(entity));
      JpaSubQuery<E> matching = query.subquery(entity);
      Where<E> inside = where(matching.from(entity));
      matching.select(inside.root).where(conditions(inside));
      conditions = new Predicate[] {where.root.in(matching)};
    }
    query.where(conditions);
    return new Question<>(query, where);
  }

  private Where<E> where(Root<E> root) {
    HibernateCriteriaBuilder cb = builder();
    return new Where<>(root, cb, new TextMatch(cb, factory().getJdbcServices().getDialect()));
  }

  private Predicate[] conditions(Where<E> where) {
    return wish.conditions.stream()
        .map(condition -> condition.predicate.apply(where))
        .toArray(Predicate[]::new);
  }

  /** Whether a collection, or anything else with more than one row for one, was joined. */
  private static boolean multipliesRows(SqmFrom<?, ?> from) {
    for (SqmJoin<?, ?> join : from.getSqmJoins()) {
      boolean fetched =
          join instanceof SqmAttributeJoin<?, ?> toAttribute && toAttribute.isFetched();
      Attribute<?, ?> attribute = join.getAttribute(); // null of a join with another entity
      if (!fetched && (attribute == null || attribute.isCollection() || multipliesRows(join))) {
        return true;
      }
    }
    return from.getSqmTreats().stream().anyMatch(Finder::multipliesRows);
  }

  private List<jakarta.persistence.criteria.Order> order(Where<E> where) {
    List<SortTerm> terms = new ArrayList<>(wish.effectiveOrder());
    Set<String> sorted = new HashSet<>();
    terms.forEach(term -> sorted.add(term.attribute().name()));
    for (EntityAttribute key : attributes.key()) {
      if (!sorted.contains(key.name())) {
        terms.add(SortTerm.ascending(key, false));
      }
    }
    List<jakarta.persistence.criteria.Order> all = new ArrayList<>();
    terms.forEach(term -> all.add(term.in(where.root, where.cb, where.text)));
    return all;
  }

  private Finder<E> and(String description, Function<Where<E>, Predicate> predicate) {
    List<Condition<E>> more = new ArrayList<>(wish.conditions);
    more.add(new Condition<>(description, predicate));
    return wishing(
        new Wish<>(List.copyOf(more), wish.order, wish.usualOrder, wish.offset, wish.limit));
  }

  private Finder<E> sorted(List<SortTerm> terms) {
    List<SortTerm> more = new ArrayList<>(wish.order);
    more.addAll(terms);
    return wishing(
        new Wish<>(wish.conditions, List.copyOf(more), wish.usualOrder, wish.offset, wish.limit));
  }

  private Finder<E> usuallySortedBy(EntityAttribute attribute) {
    List<SortTerm> more = new ArrayList<>(wish.usualOrder);
    more.add(SortTerm.ascending(attribute, true));
    return wishing(
        new Wish<>(wish.conditions, wish.order, List.copyOf(more), wish.offset, wish.limit));
  }

  private Finder<E> wishing(Wish<E> newWish) {
    return new Finder<>(session, entity, attributes, newWish);
  }

  private String description() {
    return wish.conditions.isEmpty()
        ? "no condition"
        : wish.conditions.stream()
            .map(Condition::description)
            .collect(Collectors.joining(", and "));
  }

  private static String nameOf(SingularAttribute<?, ?> attribute) {
    if (attribute == null) {
      throw new IllegalArgumentException(
          "The attribute is null: Hibernate fills in the static metamodel when it starts with the"
              + " entity, so initialise an engine that maps it first.");
    }
    return attribute.getName();
  }

  @Override
  public String toString() {
    return "Finder[" + entity.getSimpleName() + " with " + description() + "]";
  }
}
