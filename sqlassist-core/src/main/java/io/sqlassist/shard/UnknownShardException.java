package io.sqlassist.shard;

import java.io.Serial;
import java.util.Collection;

/**
 * The set has no shard of that name. The message lists those it has.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class UnknownShardException extends IllegalArgumentException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param problem who named which shard, as a sentence
   * @param known the names of the shards there are
   */
  public UnknownShardException(String problem, Collection<String> known) {
    super(problem + " Known shards: " + String.join(", ", known) + ".");
  }
}
