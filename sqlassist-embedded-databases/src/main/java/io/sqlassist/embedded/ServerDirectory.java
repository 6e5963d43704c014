package io.sqlassist.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What one server keeps on disk: its data, its superuser's password, the number of its process, and
 * a lock that says a living JVM uses it. Not thread-safe: its server guards it.
 */
final class ServerDirectory implements AutoCloseable {
  private static final long END_SECONDS = 60;

  private final Path root;
  private final boolean temporary;
  private final FileChannel lockFile;
  private @Nullable String password;

  private ServerDirectory(Path root, boolean temporary, FileChannel lockFile) {
    this.root = root;
    this.temporary = temporary;
    this.lockFile = lockFile;
  }

  static ServerDirectory temporary(String prefix) {
    try {
      return locked(Files.createTempDirectory(prefix).toRealPath(), true);
    } catch (IOException e) {
      throw new UncheckedIOException("Could not make a temporary data directory", e);
    }
  }

  static ServerDirectory kept(Path directory) {
    try {
      Files.createDirectories(directory);
      return locked(directory.toRealPath(), false);
    } catch (IOException e) {
      throw new UncheckedIOException("Could not open the data directory " + directory, e);
    }
  }

  // The lock lives as long as its channel, which the new object closes.
  private static ServerDirectory locked(Path root, boolean temporary) throws IOException {
    FileChannel channel =
        FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return new ServerDirectory(root, temporary, channel);
      }
    } catch (OverlappingFileLockException e) {
      // Held by this JVM: the same answer as for another one.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new IllegalStateException("The data directory is in use by a running program: " + root);
  }

  boolean isTemporary() {
    return temporary;
  }

  Path root() {
    return root;
  }

  Path data() {
    return root.resolve("data");
  }

  Path pidFile() {
    return root.resolve("server.pid");
  }

  Path passwordFile() {
    return root.resolve("superuser.password");
  }

  String password() {
    String known = password;
    if (known == null) {
      throw new IllegalStateException("The data directory is not prepared");
    }
    return known;
  }

  /**
   * Makes the data by {@code initialiser} unless they are there. The initialiser works in a
   * directory beside, so that one which was killed half-way leaves nothing that looks complete.
   */
  void prepare(Initialiser initialiser) throws IOException {
    if (Files.isDirectory(data())) {
      password = Files.readString(passwordFile()).strip();
      return;
    }
    String fresh = Names.randomPassword();
    writePrivate(passwordFile(), fresh + "\n");
    Path unfinished = root.resolve("data.unfinished");
    Directories.delete(unfinished);
    initialiser.initialise(unfinished);
    Files.move(unfinished, data(), StandardCopyOption.ATOMIC_MOVE);
    password = fresh;
  }

  /** Writes a file that only this user can read. */
  static void writePrivate(Path file, String content) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, content);
  }

  /**
   * Waits until the server that a pid file names has ended. This JVM has the lock, so such a server
   * belongs to a JVM that was killed and is about to end. A number that belongs to something else
   * by now does not count.
   */
  void awaitEndOf(Path pidFile) throws IOException {
    if (!Files.exists(pidFile)) {
      return;
    }
    List<String> lines = Files.readAllLines(pidFile);
    long pid;
    try {
      pid = Long.parseLong(lines.isEmpty() ? "" : lines.get(0).strip());
    } catch (NumberFormatException e) {
      return; // cut off by a kill
    }
    ProcessHandle process = ProcessHandle.of(pid).orElse(null);
    if (process == null || !runsHere(process)) {
      return;
    }
    try {
      process.onExit().get(END_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      ServerProcess.kill(process);
    } catch (ExecutionException e) {
      throw new IllegalStateException("Could not wait for process " + pid, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while an earlier server ends", e);
    }
  }

  private boolean runsHere(ProcessHandle process) {
    return process.info().commandLine().orElse("").contains(data().toString());
  }

  /** Gives the lock back, and deletes a temporary directory if the supervisor has not done so. */
  @Override
  public void close() {
    try {
      lockFile.close();
      if (temporary) {
        Directories.delete(root);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not clean up " + root, e);
    }
  }

  /** Makes the data of a new server. */
  @FunctionalInterface
  interface Initialiser {
    void initialise(Path data) throws IOException;
  }
}
