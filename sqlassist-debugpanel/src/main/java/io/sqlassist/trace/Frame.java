package io.sqlassist.trace;

import org.jspecify.annotations.Nullable;

/**
 * A place in the application's code.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param className binary name of the class
 * @param method name of the method
 * @param file name of the source file without its folder, null if unknown
 * @param line line in it, negative if unknown
 */
public record Frame(String className, String method, @Nullable String file, int line) {

  @Override
  public String toString() {
    return className + "." + method + "(" + (file == null ? "unknown" : file + ":" + line) + ")";
  }
}
