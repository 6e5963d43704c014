/**
 * A stand-in for the part of a JVM that makes checkpoints, to which {@code org.crac} can be
 * pointed. It calls the resources as such a JVM does, and makes no image.
 */
@NullMarked
package io.sqlassist.crac;

import org.jspecify.annotations.NullMarked;
