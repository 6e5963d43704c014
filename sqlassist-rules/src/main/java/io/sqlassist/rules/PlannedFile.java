package io.sqlassist.rules;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that is ours, or our section of a file that is the user's, and how it compares with what
 * is there.
 */
record PlannedFile(String path, String content, boolean isSection) {

  /** What is there. */
  enum State {
    /** No such file. */
    ABSENT,
    /** Just what would be written. */
    CURRENT,
    /** Ours, from another version, and not changed since it was written. */
    OUTDATED,
    /** A file of the user's, without our section. */
    WITHOUT_SECTION,
    /** Ours, and changed since; or never ours. */
    CHANGED
  }

  static PlannedFile whole(String path, String content) {
    return new PlannedFile(path, Seal.close(content), false);
  }

  static PlannedFile section(String path, String content) {
    return new PlannedFile(path, Seal.fence(content), true);
  }

  /**
   * @throws IOException when what is there can't be read or has half a section, so that no safe
   *     answer exists
   */
  State state(Path project) throws IOException {
    Path file = project.resolve(path);
    if (!Files.exists(file)) {
      return State.ABSENT;
    }
    String there;
    try {
      there = read(file);
    } catch (CharacterCodingException e) {
      if (isSection) {
        throw new IOException(
            path + " is not a text in UTF-8, so no section can be added to it", e);
      }
      return State.CHANGED;
    }
    String ours = there;
    if (isSection) {
      if (!Seal.hasSection(there)) {
        return State.WITHOUT_SECTION;
      }
      ours = Seal.section(there, path);
    }
    if (ours.equals(content)) {
      return State.CURRENT;
    }
    return Seal.isUnbroken(ours, isSection) ? State.OUTDATED : State.CHANGED;
  }

  void write(Path project) throws IOException {
    Path file = project.resolve(path);
    Files.createDirectories(project.resolve(path).toAbsolutePath().getParent());
    if (!isSection || !Files.exists(file)) {
      Files.writeString(file, isSection ? content + "\n" : content);
      return;
    }
    String raw = Files.readString(file);
    String there = raw.replace("\r\n", "\n");
    String changed;
    if (Seal.hasSection(there)) {
      changed = there.replace(Seal.section(there, path), content);
    } else {
      String gap = there.isBlank() ? "" : there.endsWith("\n") ? "\n" : "\n\n";
      changed = there + gap + content + "\n";
    }
    // The rest of the file is the user's, and keeps its line ends.
    Files.writeString(file, raw.contains("\r\n") ? changed.replace("\n", "\r\n") : changed);
  }

  /** With plain line ends: git may have changed them since. */
  private static String read(Path file) throws IOException {
    return Files.readString(file).replace("\r\n", "\n");
  }
}
