/**
 * Who watches: observers of the application and of one unit of work.
 *
 * <p>The core tells, observers log, measure or draw. Observers speak of names and reports only. A
 * failing observer never reaches the application.
 */
@NullMarked
package io.sqlassist.observe;

import org.jspecify.annotations.NullMarked;
