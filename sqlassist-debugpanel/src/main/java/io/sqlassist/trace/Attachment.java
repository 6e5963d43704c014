package io.sqlassist.trace;

/**
 * A recording's hold on a thread, ended by {@link #close()}.
 *
 * <p>Belongs to the thread that made it, and must be closed there.
 */
public interface Attachment extends AutoCloseable {

  /** Gives the thread back to the recording that had it before, if there was one. */
  @Override
  void close();
}
