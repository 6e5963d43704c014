package io.sqlassist.testing;

/**
 * The databases that {@link WithDatabase} can make.
 *
 * <p>Immutable.
 */
public enum DatabaseProduct {

  /** H2, in the memory of this JVM. Needs {@code com.h2database:h2}, and takes no time. */
  H2,

  /**
   * A real PostgreSQL server, one for the JVM, started by the first test that wants one, in some
   * seconds. Needs {@code sqlassist-embedded-databases}, on Linux or macOS.
   */
  POSTGRESQL,

  /**
   * A real MariaDB server, one for the JVM, started by the first test that wants one, in about four
   * seconds. Needs {@code sqlassist-embedded-databases}, on Linux or macOS.
   */
  MARIADB
}
