package io.sqlassist.find;

import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import org.hibernate.query.criteria.HibernateCriteriaBuilder;

/**
 * A condition in Hibernate's criteria, for what a {@link Finder} has no word for.
 *
 * <p>Called anew for each query; whether it is thread-safe is a matter of what it captures.
 *
 * @param <E> the entity
 */
@FunctionalInterface
public interface Filter<E> {

  /**
   * The condition. It may join collections and other entities to what is looked for; then it is
   * called twice for one query.
   *
   * @param root what is looked for
   * @param cb makes predicates; its methods bind values, never write them into the SQL, but for
   *     {@code literal} and {@code sql}
   * @return what must hold
   */
  Predicate on(Root<E> root, HibernateCriteriaBuilder cb);
}
