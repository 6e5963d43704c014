/**
 * Small queries over an entity's attributes.
 *
 * <p>Knows Hibernate's {@link org.hibernate.Session}, and nothing of engines or units of work: a
 * {@link io.sqlassist.find.Finder} works with any session, wherever it comes from, and what it
 * finds belongs to that session.
 */
@NullMarked
package io.sqlassist.find;

import org.jspecify.annotations.NullMarked;
