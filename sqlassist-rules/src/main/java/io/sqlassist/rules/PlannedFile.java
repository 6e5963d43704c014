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

  private static final String CRLF = "\r\n";

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
    Path file = ProjectPaths.real(project, path);
    if (!Files.exists(file)) {
      return State.ABSENT;
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException(path + " is " + (Files.isDirectory(file) ? "a directory" : "no file"));
    }
    String there;
    try {
      there = Files.readString(file);
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
      Seal.Span section = Seal.section(there, path);
      ours = there.substring(section.from(), section.to());
    }
    ours = ours.replace(CRLF, "\n"); // git may have changed them since
    if (ours.equals(content)) {
      return State.CURRENT;
    }
    return Seal.isUnbroken(ours, isSection) ? State.OUTDATED : State.CHANGED;
  }

  void write(Path project) throws IOException {
    Path file = ProjectPaths.real(project, path);
    Files.createDirectories(file.getParent());
    if (!isSection || !Files.exists(file)) {
      Files.writeString(file, isSection ? content + "\n" : content);
      return;
    }
    // The rest of the file is the user's, and stays as it is, with whatever line ends it has.
    String there = Files.readString(file);
    if (Seal.hasSection(there)) {
      Seal.Span section = Seal.section(there, path);
      boolean crlf = there.substring(section.from(), section.to()).contains(CRLF);
      Files.writeString(
          file,
          there.substring(0, section.from())
              + withLineEnds(crlf, content)
              + there.substring(section.to()));
    } else {
      String gap = there.isBlank() ? "" : there.endsWith("\n") ? "\n" : "\n\n";
      int last = there.lastIndexOf('\n');
      boolean crlf = last > 0 && there.charAt(last - 1) == '\r';
      Files.writeString(file, there + withLineEnds(crlf, gap + content + "\n"));
    }
  }

  private static String withLineEnds(boolean crlf, String text) {
    return crlf ? text.replace("\n", CRLF) : text;
  }
}
