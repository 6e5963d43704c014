/**
 * Installs rules for coding assistants into a project. A program, not a library: it stands in a jar
 * of its own, so that it is on nobody's class path.
 */
@NullMarked
package io.sqlassist.rules;

import org.jspecify.annotations.NullMarked;
