package io.sqlassist.trace;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The frozen answers of a {@link RecorderConfig}, whose methods explain them.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param requests finished traces kept
 * @param bytes memory for all traces
 * @param pinned traces that may be pinned
 * @param detailedStatements statements of a trace with binds and call stack
 * @param listedStatements statements of a trace that are listed
 * @param frames frames of a call stack
 * @param slowStatementNanos from when on a statement is slow
 * @param slowAcquireNanos from when on the wait for a connection is slow
 * @param heldIdleNanos from when on an idle connection is held too long
 * @param largeResult from how many rows on a result is large
 * @param autoFlushes flushes before queries that are not worth a finding
 * @param maskAllBinds whether all values are masked
 * @param sensitive more columns that may hold a secret
 * @param excludedPackages more packages that are no part of the application
 * @param ignored fingerprints and places of accepted findings
 */
public record RecorderSettings(
    int requests,
    long bytes,
    int pinned,
    int detailedStatements,
    int listedStatements,
    int frames,
    long slowStatementNanos,
    long slowAcquireNanos,
    long heldIdleNanos,
    int largeResult,
    int autoFlushes,
    boolean maskAllBinds,
    List<Pattern> sensitive,
    List<String> excludedPackages,
    List<String> ignored) {}
