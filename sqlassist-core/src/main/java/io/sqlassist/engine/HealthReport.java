package io.sqlassist.engine;

import java.util.List;
import java.util.Optional;

/**
 * Which engines of a registry are up.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param engines all of them, in the order in which they were initialised
 */
public record HealthReport(List<EngineHealth> engines) {

  /**
   * Copies the list.
   *
   * @param engines all of them
   */
  public HealthReport {
    engines = List.copyOf(engines);
  }

  /**
   * Whether the application can do its work: every engine is up that is not optional.
   *
   * @return true if so, also where there are no engines
   */
  public boolean isUp() {
    return engines.stream().allMatch(each -> each.isUp() || each.optional());
  }

  /**
   * What was found out about one engine.
   *
   * @param name the engine's name
   * @return its health, or empty if the registry had no such engine
   */
  public Optional<EngineHealth> engine(String name) {
    return engines.stream().filter(each -> each.engine().equals(name)).findFirst();
  }
}
