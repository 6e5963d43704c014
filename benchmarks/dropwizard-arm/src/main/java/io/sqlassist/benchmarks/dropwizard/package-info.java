/** The server of books, as users of dropwizard-hibernate write it. */
@NullMarked
package io.sqlassist.benchmarks.dropwizard;

import org.jspecify.annotations.NullMarked;
