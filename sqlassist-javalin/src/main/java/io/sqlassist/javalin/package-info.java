/**
 * A unit of work for each Javalin request.
 *
 * <p>The plugin attaches a container to every request and ends it where the answer can still be
 * changed: after every handler, before the body. The configuration is written once, at start; what
 * belongs to a request is used by one thread at a time.
 */
@NullMarked
package io.sqlassist.javalin;

import org.jspecify.annotations.NullMarked;
