package io.sqlassist.engine;

import java.util.Optional;
import java.util.function.Function;
import org.hibernate.SessionEventListener;
import org.jspecify.annotations.Nullable;

/**
 * Says for which unit of work a connection is acquired on this thread. Hibernate asks the provider
 * of connections without saying for whom; what it tells the session's listeners does.
 */
final class Acquiring implements SessionEventListener {

  private static final long serialVersionUID = 1L;

  private static final ThreadLocal<@Nullable Acquiring> CURRENT = new ThreadLocal<>();

  private final transient Function<String, Optional<Object>> attributes;
  private transient @Nullable Acquiring outer;

  Acquiring(Function<String, Optional<Object>> attributes) {
    this.attributes = attributes;
  }

  /** A session outside of all units. It hides what another one may have left behind. */
  static Acquiring forNobody() {
    return new Acquiring(Acquiring::nothing);
  }

  static Function<String, Optional<Object>> attributes() {
    Acquiring current = CURRENT.get();
    return current == null ? Acquiring::nothing : current.attributes;
  }

  private static Optional<Object> nothing(String name) {
    return Optional.empty();
  }

  @Override
  public void jdbcConnectionAcquisitionStart() {
    Acquiring before = CURRENT.get();
    outer = before == this ? null : before;
    CURRENT.set(this);
  }

  @Override
  public void jdbcConnectionAcquisitionEnd() {
    if (outer == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(outer);
      outer = null;
    }
  }
}
