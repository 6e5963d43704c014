package io.sqlassist.example;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How this run of the shop differs from others.
 *
 * @param port where it listens on 127.0.0.1; 0 takes any free port
 * @param servers whether it runs on PostgreSQL and MariaDB instead of H2
 * @param data where the data stays, or null for a temporary directory that is deleted at the end
 */
record ShopConfig(int port, boolean servers, @Nullable Path data) {

  /**
   * Reads {@code PORT} (default 7070), {@code SHOP_DATABASES} ({@code embedded}, the default, or
   * {@code servers}) and {@code SHOP_DATA}. What is set but empty counts as not set.
   *
   * @throws IllegalArgumentException if a value makes no sense; the message is for people
   */
  static ShopConfig from(Map<String, String> environment) {
    return new ShopConfig(
        port(environment.getOrDefault("PORT", "").strip()),
        servers(environment.getOrDefault("SHOP_DATABASES", "").strip()),
        data(environment.getOrDefault("SHOP_DATA", "").strip()));
  }

  private static int port(String value) {
    if (value.isEmpty()) {
      return 7070;
    }
    if (!value.matches("[0-9]{1,5}") || Integer.parseInt(value) > 65_535) {
      throw new IllegalArgumentException(
          "PORT is '" + value + "'. Set it to a number from 0 to 65535 (0: any free port).");
    }
    return Integer.parseInt(value);
  }

  private static boolean servers(String value) {
    return switch (value) {
      case "", "embedded" -> false;
      case "servers" -> true;
      default ->
          throw new IllegalArgumentException(
              "SHOP_DATABASES is '"
                  + value
                  + "'. Set it to 'embedded' (H2, the default) or to 'servers' (PostgreSQL and"
                  + " MariaDB).");
    };
  }

  private static @Nullable Path data(String value) {
    if (value.isEmpty()) {
      return null;
    }
    try {
      Path directory = Path.of(value).toAbsolutePath().normalize();
      if (!Files.exists(directory)
          || (Files.isDirectory(directory) && Files.isWritable(directory))) {
        return directory;
      }
    } catch (InvalidPathException e) {
      // The same answer as for a file.
    }
    throw new IllegalArgumentException(
        "SHOP_DATA is '" + value + "'. Set it to a directory that can be written to, or made.");
  }
}
