package io.sqlassist.session;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which unit of work is current on which thread. A stack: an inner unit hides the outer one. */
final class CurrentUnit {

  /** Left empty, not removed: the next unit on this thread would have to add it again. */
  private static final ThreadLocal<@Nullable Frame> CURRENT = new ThreadLocal<>();

  record Frame(DbSessionsContainer container, @Nullable Frame outer) {}

  private CurrentUnit() {}

  static void enter(DbSessionsContainer container) {
    CURRENT.set(new Frame(container, top()));
  }

  /** Leaves a unit, and what was entered inside of it; nothing if it is not current here. */
  static void leave(DbSessionsContainer container) {
    Frame frame = CURRENT.get();
    Frame each = frame;
    while (each != null && each.container != container) {
      each = each.outer;
    }
    if (each != null) {
      CURRENT.set(each.outer);
    } else if (frame != null) {
      top(); // drops what another thread has ended
    }
  }

  static @Nullable DbSessionsContainer get() {
    Frame frame = top();
    return frame == null ? null : frame.container;
  }

  /** The units that are current here, the innermost one first; some may have ended. */
  static @Nullable Frame innermost() {
    return CURRENT.get();
  }

  /** The innermost unit that has not ended; ended ones, closed by another thread, are dropped. */
  private static @Nullable Frame top() {
    Frame frame = CURRENT.get();
    if (frame == null || !frame.container.isEnded()) {
      return frame;
    }
    while (frame != null && frame.container.isEnded()) {
      frame = frame.outer;
    }
    CURRENT.set(frame);
    return frame;
  }

  /** All units of this thread that have not ended: each inner one hides the next. */
  static List<DbSessionsContainer> all() {
    List<DbSessionsContainer> all = new ArrayList<>();
    for (Frame each = top(); each != null; each = each.outer) {
      all.add(each.container);
    }
    return all;
  }

  /** For a thread that is about to do something else: whatever was left behind is dropped. */
  static void clear() {
    CURRENT.remove();
  }
}
