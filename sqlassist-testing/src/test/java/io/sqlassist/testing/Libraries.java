package io.sqlassist.testing;

import io.sqlassist.embedded.DatabaseKind;
import java.util.EnumMap;
import java.util.Map;

/** One library for each kind of database, as long as the JVM lives. */
public final class Libraries {

  private static final Map<DatabaseKind, Library> SHARED = new EnumMap<>(DatabaseKind.class);

  private Libraries() {}

  public static synchronized Library shared(DatabaseKind kind) {
    return SHARED.computeIfAbsent(kind, Library::new);
  }

  /** For {@code @SqlAssistTest(registry = ...)}. */
  public static final class OnH2 implements RegistrySource {
    @Override
    public io.sqlassist.engine.EngineRegistry registry() {
      return shared(DatabaseKind.H2).registry();
    }
  }
}
