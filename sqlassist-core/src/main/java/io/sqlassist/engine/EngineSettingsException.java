package io.sqlassist.engine;

import java.io.Serial;
import java.util.List;

/**
 * Settings of engines are unusable. The message lists everything that is wrong with them, not only
 * what was found first; no engine was started.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class EngineSettingsException extends IllegalArgumentException {

  @Serial private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // an immutable list, which is serializable
  private final List<String> problems;

  /**
   * Creates the exception.
   *
   * @param problems what is wrong and what to do, one problem each, without secrets; at least one
   */
  public EngineSettingsException(List<String> problems) {
    super(
        (problems.size() == 1
                ? "There is a problem with the settings of the engines:"
                : "There are " + problems.size() + " problems with the settings of the engines:")
            + "\n  * "
            + String.join("\n  * ", problems));
    this.problems = List.copyOf(problems);
  }

  /**
   * What is wrong.
   *
   * @return one text for each problem, in the order of the engines' names
   */
  public List<String> problems() {
    return problems;
  }
}
