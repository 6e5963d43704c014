package io.sqlassist.rules;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the files of a project really are: a symbolic link may lead somewhere else. */
final class ProjectPaths {

  private static final int MOST_LINKS = 40;

  private ProjectPaths() {}

  /** The file itself, or the place where it would be written. */
  static Path real(Path project, String path) throws IOException {
    return follow(project.toRealPath().resolve(path), path, 0);
  }

  /** The place that is meant, if it is not below the project. */
  static Optional<Path> outside(Path project, String path) throws IOException {
    Path real = real(project, path);
    return real.startsWith(project.toRealPath()) ? Optional.empty() : Optional.of(real);
  }

  /** Why it can't be written, as far as that is known before. */
  static Optional<String> obstacle(Path project, String path) throws IOException {
    Path place = real(project, path);
    if (Files.exists(place)) {
      return Files.isWritable(place) ? Optional.empty() : Optional.of(place + " is read-only");
    }
    Path parent = place.getParent();
    while (parent != null && !Files.exists(parent)) {
      parent = parent.getParent();
    }
    if (parent == null || !Files.isDirectory(parent)) {
      return Optional.of(parent + " is no directory");
    }
    return Files.isWritable(parent) ? Optional.empty() : Optional.of(parent + " is read-only");
  }

  /** As {@link Path#toRealPath}, also for what is not there yet and for links to that. */
  private static Path follow(Path file, String path, int links) throws IOException {
    if (links > MOST_LINKS) {
      throw new IOException(path + " is a symbolic link that leads to itself");
    }
    if (Files.exists(file)) {
      return file.toRealPath();
    }
    Path parent = file.getParent();
    if (parent == null) {
      return file;
    }
    Path directory = follow(parent, path, links);
    if (Files.isSymbolicLink(file)) {
      Path target = directory.resolve(Files.readSymbolicLink(file)).normalize();
      return follow(target, path, links + 1);
    }
    return directory.resolve(file.getFileName());
  }
}
