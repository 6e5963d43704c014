/**
 * How a unit of work ends: policies, transactions, and the one place that commits several engines.
 *
 * <p>This is the bottom room of the house. It knows Hibernate's {@link org.hibernate.Session} and
 * names of engines, never an engine or a container. Unless a type says otherwise, its objects
 * belong to one unit of work and are used by one thread at a time.
 */
@NullMarked
package io.sqlassist.transaction;

import org.jspecify.annotations.NullMarked;
