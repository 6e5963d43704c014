/**
 * What a database holds longer than any application lives: tables, keys, indexes; how they are
 * named, made, read and compared with the mapping.
 *
 * <p>This room knows Hibernate and JDBC, and names of engines, never an engine itself.
 */
@NullMarked
package io.sqlassist.schema;

import org.jspecify.annotations.NullMarked;
