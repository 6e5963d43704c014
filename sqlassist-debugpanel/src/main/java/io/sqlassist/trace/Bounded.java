package io.sqlassist.trace;

import java.util.ArrayDeque;
import java.util.Iterator;

/** A list that takes no more than so many; what comes then is refused, or pushes the oldest out. */
final class Bounded<E> implements Iterable<E> {

  private final ArrayDeque<E> kept = new ArrayDeque<>(2);
  private final int most;
  private final boolean ring;

  Bounded(int most, boolean ring) {
    this.most = most;
    this.ring = ring;
  }

  boolean hasRoom() {
    return ring || kept.size() < most;
  }

  boolean add(E element) {
    if (kept.size() >= most) {
      if (!ring || most == 0) {
        return false;
      }
      kept.removeFirst();
    }
    kept.addLast(element);
    return true;
  }

  int size() {
    return kept.size();
  }

  @Override
  public Iterator<E> iterator() {
    return kept.iterator();
  }
}
