package io.sqlassist.embedded;

import java.nio.file.Path;

/** Starting servers of any kind. */
final class ServerTests {
  private ServerTests() {}

  /** On a temporary directory if {@code directory} is empty. */
  static DatabaseServer start(DatabaseKind kind, String directory) {
    return switch (kind) {
      case POSTGRESQL ->
          directory.isEmpty() ? PostgresServer.start() : PostgresServer.start(Path.of(directory));
      case MARIADB ->
          directory.isEmpty() ? MariaDbServer.start() : MariaDbServer.start(Path.of(directory));
      case H2 -> throw new IllegalArgumentException("H2 has no server here");
    };
  }
}
