package io.sqlassist.engine;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * Knows the sessions that are bound to a host of an engine. What opens sessions for others
 * implements it: units of work do. Applications have no use for it.
 *
 * <p>Thread-safe. Asked only while an engine moves to another data source, or is closed with a
 * drain.
 */
public interface HostUsers {

  /** Knows of none. */
  HostUsers NONE =
      new HostUsers() {
        @Override
        public Optional<EngineHost> boundHere(String engine) {
          return Optional.empty();
        }

        @Override
        public boolean use(EngineHost host) {
          return false;
        }

        @Override
        public boolean isCommitting(EngineHost host) {
          return false;
        }

        @Override
        public void cutOff(
            EngineHost host, Supplier<? extends RuntimeException> reason, boolean byForce) {}
      };

  /**
   * To which host the session is bound that acquires a connection on this thread, at this moment.
   *
   * @param engine the engine's name
   * @return its host; empty if none of these sessions does
   */
  Optional<EngineHost> boundHere(String engine);

  /**
   * Whether there is a session that is bound to the host, or may be opened on it again.
   *
   * @param host the host
   * @return true if it must stay
   */
  boolean use(EngineHost host);

  /**
   * Whether a commit is on its way in which a session takes part that is bound to the host.
   *
   * @param host the host
   * @return true if its connections must not be cut
   */
  boolean isCommitting(EngineHost host);

  /**
   * Ends the work that holds a connection of the host, except for a commit that is on the way.
   * Returns at once; may be called again.
   *
   * @param host the host, which gives no connections any more
   * @param reason gives the exception that those get who go on
   * @param byForce whether to cut their connections, for those that nobody is using at this moment
   */
  void cutOff(EngineHost host, Supplier<? extends RuntimeException> reason, boolean byForce);
}
