package io.sqlassist.engine;

import java.time.Instant;
import java.util.Optional;

/**
 * Whether an engine can be used, and if not, why. An engine that was initialised without {@link
 * EngineConfig#optional()} is up as long as it is open.
 *
 * <p>Says whether the engine has started, and asks no database: one that is up may have lost its
 * database since.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param status what can be done with the engine
 * @param since when it came into this status
 * @param reason why it is down, in one line without secrets; empty if it is not
 * @param nextAttempt when its start is tried again; empty if it is not down
 */
public record EngineState(
    Status status, Instant since, Optional<String> reason, Optional<Instant> nextAttempt) {

  /** What can be done with an engine. */
  public enum Status {

    /** Its first start is under way; who uses it waits for the end of that. */
    STARTING,

    /** It has started. */
    UP,

    /** It could not start; who uses it gets an {@link EngineDownException} at once. */
    DOWN,

    /** It was closed, and is not coming back. */
    CLOSED
  }

  /**
   * Whether the engine has started.
   *
   * @return true if it can be used
   */
  public boolean isUp() {
    return status == Status.UP;
  }

  static EngineState of(Status status) {
    return new EngineState(status, Instant.now(), Optional.empty(), Optional.empty());
  }
}
