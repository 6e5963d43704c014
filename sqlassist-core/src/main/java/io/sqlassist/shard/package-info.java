/**
 * Rows of one table spread over several engines: which engine has which row, and how to find rows
 * of all of them.
 *
 * <p>Stands above {@link io.sqlassist.session}: it asks a unit of work for the sessions of several
 * engines, as any application could, and nothing below knows of it.
 */
@NullMarked
package io.sqlassist.shard;

import org.jspecify.annotations.NullMarked;
