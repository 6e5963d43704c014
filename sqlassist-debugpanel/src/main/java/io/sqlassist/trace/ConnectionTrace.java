package io.sqlassist.trace;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One time that a connection was taken from a pool and held. The pool may hand out the same
 * physical connection again.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param number its number in the trace, from 1
 * @param engine name of the engine
 * @param session number of the {@link SessionTrace} that holds it, 0 if none
 * @param physicalId what the database calls it: the process id of PostgreSQL, the connection id of
 *     MariaDB, the session id of H2; else something that is unique in this JVM. Empty if it could
 *     not be acquired
 * @param pool name of the pool, empty if it has none
 * @param requestedNanos when it was asked for, since the trace began
 * @param acquiredNanos when it was handed out
 * @param releasedNanos when it went back, -1 if it was held when the trace was taken
 * @param autoCommit its mode when its first statement ran
 * @param readOnly its mode when its first statement ran
 * @param isolation its level when it was set, else empty
 * @param statements how many ran on it
 * @param busyNanos how long the database was at work on it
 * @param thread name of the thread that acquired it
 * @param frames the application's call stack, innermost first
 * @param failure why it could not be acquired, null if it could
 */
public record ConnectionTrace(
    int number,
    String engine,
    int session,
    String physicalId,
    String pool,
    long requestedNanos,
    long acquiredNanos,
    long releasedNanos,
    boolean autoCommit,
    boolean readOnly,
    String isolation,
    long statements,
    long busyNanos,
    String thread,
    List<Frame> frames,
    @Nullable Failure failure) {}
