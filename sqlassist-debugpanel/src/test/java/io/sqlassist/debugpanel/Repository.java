package io.sqlassist.debugpanel;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where this repository is. */
public final class Repository {

  private Repository() {}

  /** The folder with the root project. */
  public static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(directory.resolve(".mvn"))) {
      directory = directory.getParent();
    }
    return directory;
  }
}
