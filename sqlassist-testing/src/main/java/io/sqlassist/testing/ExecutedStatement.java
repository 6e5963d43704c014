package io.sqlassist.testing;

import java.util.List;

/**
 * A statement that was executed while a test recorded.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param engine the engine's name
 * @param sql its text, without values
 * @param rows how many rows a batch had; 1 for what is no batch
 * @param failed whether it failed
 * @param thread the name of the thread
 * @param callSite the application's frames, innermost first: up to three, empty if there were none
 */
public record ExecutedStatement(
    String engine,
    String sql,
    int rows,
    boolean failed,
    String thread,
    List<StackTraceElement> callSite) {

  /** Where it came from, as an IDE makes a link of it. */
  String place() {
    return CallSites.text(callSite);
  }
}
