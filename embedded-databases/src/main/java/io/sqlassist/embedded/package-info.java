/**
 * Real databases for tests and for the example application, without Docker and without anything to
 * install: {@link io.sqlassist.embedded.PostgresServer} and {@link
 * io.sqlassist.embedded.MariaDbServer} run the original server binaries that come as Maven
 * artifacts, {@link io.sqlassist.embedded.H2Databases} makes databases in memory, and {@link
 * io.sqlassist.embedded.CountingProxy} counts and breaks what goes to a PostgreSQL server.
 *
 * <p>Servers listen on 127.0.0.1 only, on a free port, and never outlive the JVM that started them,
 * however it ends. The binaries are unpacked once per user into {@code
 * $XDG_CACHE_HOME/sqlassist/embedded-databases} ({@code ~/.cache} when that variable is not set);
 * the system property {@code sqlassist.embedded.cache} names another directory. Linux is what this
 * is tested on; Windows is not supported.
 */
@NullMarked
package io.sqlassist.embedded;

import org.jspecify.annotations.NullMarked;
