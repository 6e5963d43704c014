package io.sqlassist.shard;

import java.io.Serial;

/**
 * A row was to be written to another shard than the one of its key: its key was changed, or it was
 * handed to the session of the wrong shard. Nothing of the unit of work becomes durable.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class WrongShardException extends IllegalStateException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param entity the entity's class
   * @param here the shard it was to be written to
   * @param chosen the shard of its key
   */
  public WrongShardException(Class<?> entity, String here, String chosen) {
    super(
        entity.getSimpleName()
            + " belongs on shard '"
            + chosen
            + "' by its key, and was to be written to '"
            + here
            + "'. A changed key does not move a row: remove the entity, and persist a new one with"
            + " the new key; or persist it through the set of shards, which chooses the session.");
  }
}
