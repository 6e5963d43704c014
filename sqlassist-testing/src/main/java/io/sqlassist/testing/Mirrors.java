package io.sqlassist.testing;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineKind;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/**
 * Which engine is to use the connection of which other one.
 *
 * <p>Immutable.
 *
 * @param byEngine the engine that is mirrored, by the one that mirrors it
 */
record Mirrors(Map<String, String> byEngine) {

  static Mirrors of(Annotations annotations) {
    return new Mirrors(
        annotations.all(Mirror.class, Mirror::engine).values().stream()
            .collect(Collectors.toUnmodifiableMap(Mirror::engine, Mirror::of)));
  }

  /**
   * Looks whether what is said makes sense.
   *
   * @throws ExtensionConfigurationException if it does not
   */
  void check(TestRun run) {
    byEngine.forEach(
        (name, of) -> {
          Engine engine = run.registry().engine(name);
          Engine mirrored = run.registry().engine(of);
          String said = "'" + run.name() + "' says @Mirror(engine = \"" + name + "\", of = \"" + of;
          if (engine.options().kind() != EngineKind.READ_ONLY) {
            throw new ExtensionConfigurationException(
                said
                    + "\"), but '"
                    + name
                    + "' writes: two engines that write can't share a connection, since they could"
                    + " not roll back without each other. Mirror by a read-only engine.");
          }
          if (mirrored.options().kind() == EngineKind.READ_ONLY || !run.mayUse(of)) {
            throw new ExtensionConfigurationException(
                said
                    + "\"), but '"
                    + of
                    + "' has no transaction in this test: it must be an engine that writes, and"
                    + " that the test may use.");
          }
        });
  }

  /** The engine that this one mirrors, if the test says so. */
  Optional<String> mirroredBy(String engine) {
    return Optional.ofNullable(byEngine.get(engine));
  }
}
