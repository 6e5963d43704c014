package io.sqlassist.observe;

import java.time.Instant;

/**
 * What an observer is told about a unit of work when it starts, which is when its first session is
 * opened.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param id a number unique in this JVM, counting upward from 1
 * @param label what the unit of work is about, for example {@code POST /books/{id}/orders}
 * @param started when its first session was opened
 */
public record UnitInfo(long id, String label, Instant started) {}
