package io.sqlassist.trace;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something in a trace that should be looked at, with its evidence.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param detector what found it
 * @param severity how much it matters
 * @param engine name of the engine, empty if it concerns several
 * @param subject what it is about: a role, an entity, a fingerprint, an engine; equal for equal
 *     findings of different requests
 * @param text what happened, with numbers, in one sentence or two
 * @param suggestion what to do about it
 * @param count how many times it happened
 * @param costNanos time that it cost, 0 where that is not the point
 * @param statements numbers of the statements that show it, at most 100
 * @param frame where in the application it began, null if not known
 */
public record Finding(
    Detector detector,
    Severity severity,
    String engine,
    String subject,
    String text,
    String suggestion,
    long count,
    long costNanos,
    List<Integer> statements,
    @Nullable Frame frame) {}
