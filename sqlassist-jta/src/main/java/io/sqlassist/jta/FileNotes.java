package io.sqlassist.jta;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/** Notes in a file, written whole or not at all. */
final class FileNotes implements Notes {

  private final Path file;

  FileNotes(Path file) {
    this.file = file;
  }

  @Override
  public Map<String, String> read() {
    Properties known = properties();
    Map<String, String> notes = new LinkedHashMap<>();
    known.stringPropertyNames().forEach(name -> notes.put(name, known.getProperty(name)));
    return notes;
  }

  private Properties properties() {
    Properties known = new Properties();
    if (Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        known.load(reader);
      } catch (IOException | IllegalArgumentException e) {
        throw new JtaStartException("The file '" + file + "' can't be read: " + e, e);
      }
    }
    return known;
  }

  @Override
  public void write(String name, String text) {
    Properties known = properties();
    known.setProperty(name, text);
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      try (Writer writer = Files.newBufferedWriter(fresh)) {
        known.store(writer, null);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new JtaStartException("The file '" + file + "' can't be written: " + e, e);
    }
  }
}
