package io.sqlassist.crac;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/** As {@code jdk.crac.Context}: holds its resources weakly, and calls them last one first. */
public class Context<R extends Resource> {

  private final List<WeakReference<R>> resources = new ArrayList<>();

  public void register(R resource) {
    resources.add(new WeakReference<>(resource));
  }

  /** Those that are still there, in the order in which they are told of a checkpoint. */
  List<R> lastFirst() {
    List<R> alive =
        new ArrayList<>(
            resources.stream().map(WeakReference::get).filter(Objects::nonNull).toList());
    Collections.reverse(alive);
    return alive;
  }
}
