/** Meters of engines and their units of work, for Micrometer. */
@NullMarked
package io.sqlassist.micrometer;

import org.jspecify.annotations.NullMarked;
