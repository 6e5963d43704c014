package io.sqlassist.trace;

import java.util.concurrent.ConcurrentHashMap;

/** Makes one object of many equal ones. Forgets everything when it is full. Thread-safe. */
final class Interner<T> {

  private final ConcurrentHashMap<T, T> known = new ConcurrentHashMap<>();
  private final int most;

  Interner(int most) {
    this.most = most;
  }

  T intern(T object) {
    T found = known.get(object);
    if (found != null) {
      return found;
    }
    if (known.size() >= most) {
      known.clear();
    }
    T earlier = known.putIfAbsent(object, object);
    return earlier == null ? object : earlier;
  }
}
