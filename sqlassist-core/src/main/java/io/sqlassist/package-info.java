/** The short way in: {@link io.sqlassist.SqlAssist}, a thread-safe static face of the library. */
@NullMarked
package io.sqlassist;

import org.jspecify.annotations.NullMarked;
