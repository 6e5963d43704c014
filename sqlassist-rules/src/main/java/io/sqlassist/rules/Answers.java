package io.sqlassist.rules;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What a person answers, or a program. Whoever sits at a terminal may think as long as they want.
 * An input that is open and silent, as some build servers have it, is given up.
 */
final class Answers {

  private final BufferedReader lines;

  Answers(InputStream in) {
    lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  /** The next line; null if nobody answers, where there is no terminal within {@code patience}. */
  @Nullable String next(Duration patience) throws IOException {
    if (isTerminal()) {
      return lines.readLine();
    }
    // A read can't be interrupted: the thread stays behind, and ends with the JVM.
    FutureTask<@Nullable String> read = new FutureTask<>(lines::readLine);
    Thread thread = new Thread(read, "answers");
    thread.setDaemon(true);
    thread.start();
    try {
      return read.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      throw new IOException("the answer can't be read: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for an answer", e);
    }
  }

  /** Since Java 22 there may be a console that is none. */
  @SuppressWarnings("SystemConsoleNull") // it is null before
  private static boolean isTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Console.isTerminal can't be called", e);
    }
  }
}
