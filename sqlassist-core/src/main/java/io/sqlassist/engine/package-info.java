/**
 * What lives as long as the application: engines by name, their options, their connections.
 *
 * <p>An engine is a named {@link javax.sql.DataSource} with a Hibernate {@link
 * org.hibernate.SessionFactory} and options. The registry keeps engines by name. Everything here is
 * thread-safe, except the configuration objects, which live inside their lambda.
 */
@NullMarked
package io.sqlassist.engine;

import org.jspecify.annotations.NullMarked;
