/**
 * Tests of applications over several engines: {@link io.sqlassist.testing.SqlAssistTest} says what
 * a test may use and how its work is undone, {@link io.sqlassist.testing.SqlAssistExtension} does
 * so.
 */
@NullMarked
package io.sqlassist.testing;

import org.jspecify.annotations.NullMarked;
