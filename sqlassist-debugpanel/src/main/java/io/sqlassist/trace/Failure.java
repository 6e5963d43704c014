package io.sqlassist.trace;

import org.jspecify.annotations.Nullable;

/**
 * Why something failed, as text. The exception itself is not kept.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param type class name of the exception
 * @param message its message without passwords, at most 1,000 characters
 * @param sqlState the database's code for it, null if it gave none
 */
public record Failure(String type, String message, @Nullable String sqlState) {}
