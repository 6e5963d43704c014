/**
 * Engines that commit together, whatever happens: two-phase commit through one coordinator for each
 * JVM.
 *
 * <p>Thread rule: the coordinator is thread-safe. A transaction belongs to its unit of work and not
 * to a thread: it follows the unit from one thread to another, and leaves none behind.
 */
@NullMarked
package io.sqlassist.jta;

import org.jspecify.annotations.NullMarked;
