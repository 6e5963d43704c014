/**
 * What lives as long as a unit of work: the container of its sessions, and one scope for each of
 * its engines.
 *
 * <p>A unit of work is one request, or one call of {@code inUnit}. Its objects are used by one
 * thread at a time; they may be handed over, and two threads at once are refused.
 */
@NullMarked
package io.sqlassist.session;

import org.jspecify.annotations.NullMarked;
