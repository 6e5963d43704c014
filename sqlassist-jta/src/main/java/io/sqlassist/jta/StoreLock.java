package io.sqlassist.jta;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The lock of a log in a directory: the operating system's, on a file that tells who has it. */
final class StoreLock implements LogGuard {

  private static final String FILE = "sqlassist.lock";
  private static final String IN_THIS_JVM = "io.sqlassist.jta.store ";
  private static final int LONGEST_NOTE = 1_000;

  private final FileChannel channel;
  private final String key;

  private StoreLock(FileChannel channel, String key) {
    this.channel = channel;
    this.key = key;
  }

  static StoreLock of(Path store, String nodeId) {
    String note =
        "node=" + nodeId + "\npid=" + ProcessHandle.current().pid() + "\nsince=" + Instant.now();
    String key;
    try {
      Files.createDirectories(store);
      key = IN_THIS_JVM + store.toRealPath();
    } catch (IOException e) {
      throw unusable(store, e);
    }
    // Asked first, and of all class loaders: a second channel to the file, closed again, would give
    // up this process's lock on it.
    Object holder = System.getProperties().putIfAbsent(key, note);
    if (holder != null) {
      throw refused(store, holder.toString());
    }
    try {
      return of(store, nodeId, note, key);
    } catch (RuntimeException e) {
      System.getProperties().remove(key);
      throw e;
    }
  }

  private static StoreLock of(Path store, String nodeId, String note, String key) {
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              store.resolve(FILE),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      String before = read(channel);
      if (lock(channel) == null) {
        throw refused(store, before);
      }
      refuseOtherNode(store, before, nodeId);
      write(channel, note);
      return new StoreLock(channel, key);
    } catch (IOException e) {
      close(channel, e);
      throw unusable(store, e);
    } catch (RuntimeException e) {
      close(channel, e);
      throw e;
    }
  }

  private static JtaStartException unusable(Path store, IOException why) {
    return new JtaStartException(
        "The object store '"
            + store
            + "' can't be used: "
            + why
            + ". Give a directory that exists or can be made, and that this process may write to.",
        why);
  }

  /** Far behind the note, so that others can read that also where a lock forbids reading. */
  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock(1L << 40, 1, false);
    } catch (OverlappingFileLockException e) {
      return null; // held by this JVM
    }
  }

  private static JtaStartException refused(Path store, String note) {
    return new JtaStartException(
        "The object store '"
            + store
            + "' is in use by another coordinator ("
            + String.join(", ", note.lines().toList())
            + "). Each process needs an object store and a node id of its own: stop that process,"
            + " or give this one others.",
        null);
  }

  private static void refuseOtherNode(Path store, String note, String nodeId) {
    String before =
        note.lines()
            .filter(line -> line.startsWith("node="))
            .map(line -> line.substring("node=".length()))
            .findFirst()
            .orElse(nodeId);
    if (!before.equals(nodeId)) {
      throw new JtaStartException(
          "The object store '"
              + store
              + "' belongs to node '"
              + before
              + "', not to '"
              + nodeId
              + "'. What is prepared under the old id would stay in doubt for ever: start with"
              + " nodeId = \""
              + before
              + "\" again, or, once recovery() shows nothing in doubt, with an empty directory.",
          null);
    }
  }

  private static String read(FileChannel channel) throws IOException {
    ByteBuffer note = ByteBuffer.allocate(LONGEST_NOTE);
    int length = channel.read(note, 0);
    return length <= 0
        ? ""
        : new String(Arrays.copyOf(note.array(), length), StandardCharsets.UTF_8);
  }

  private static void write(FileChannel channel, String note) throws IOException {
    // Over the old one, which says whose store this is: on a full disk it must not get lost.
    ByteBuffer bytes = ByteBuffer.wrap(note.getBytes(StandardCharsets.UTF_8));
    int length = bytes.remaining();
    while (bytes.hasRemaining()) {
      channel.write(bytes, length - bytes.remaining());
    }
    channel.truncate(length);
    channel.force(true);
  }

  private static void close(@Nullable FileChannel channel, Exception cause) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException more) {
        cause.addSuppressed(more);
      }
    }
  }

  @Override
  public void close() {
    System.getProperties().remove(key);
    try {
      channel.close();
    } catch (IOException e) {
      throw new IllegalStateException("The lock of the object store could not be given back", e);
    }
  }
}
