package io.sqlassist.engine;

import java.util.List;
import java.util.Objects;

/**
 * What {@link EngineRegistry#verify()} found out: where engines and databases do not fit together,
 * or will not under load.
 *
 * <p>Immutable; may be shared between threads. Holds no secrets.
 *
 * @param engines the names of the engines that were looked at
 * @param findings what was found, the engines in their order, the worst of an engine first
 */
public record Verification(List<String> engines, List<Finding> findings) {

  /**
   * Copies the lists.
   *
   * @param engines the names of the engines that were looked at
   * @param findings what was found
   */
  public Verification {
    engines = List.copyOf(engines);
    findings = List.copyOf(findings);
  }

  /** How bad a finding is, the worst first. */
  public enum Severity {
    /** The engine does not work as its kind promises, or not at all. */
    ERROR,

    /** It works, until something happens that will happen. */
    WARNING,

    /** A check could not be made; what it would have found is not known. */
    NOT_CHECKED,

    /** It works; whether it is meant so, only you know. */
    NOTE
  }

  /**
   * One finding.
   *
   * @param engine the engine's name; where several share the cause, one of them
   * @param severity how bad it is
   * @param check what was looked at, for example {@code role}; the same word for the same check
   * @param what what is so
   * @param fix what to do
   */
  public record Finding(String engine, Severity severity, String check, String what, String fix) {

    /**
     * Checks that everything is there.
     *
     * @param engine the engine's name
     * @param severity how bad it is
     * @param check what was looked at
     * @param what what is so
     * @param fix what to do
     */
    public Finding {
      Objects.requireNonNull(engine, "engine");
      Objects.requireNonNull(severity, "severity");
      Objects.requireNonNull(check, "check");
      Objects.requireNonNull(what, "what");
      Objects.requireNonNull(fix, "fix");
    }

    @Override
    public String toString() {
      return severity + " " + engine + ", " + check + ": " + what + ". " + fix + ".";
    }
  }

  /**
   * Whether nothing is known to be wrong. Says nothing of checks that could not be made.
   *
   * @return true if there is no {@link Severity#ERROR} and no {@link Severity#WARNING}
   */
  public boolean isSound() {
    return of(Severity.ERROR).isEmpty() && of(Severity.WARNING).isEmpty();
  }

  /**
   * The findings of one severity.
   *
   * @param severity the severity
   * @return the findings, in their order
   */
  public List<Finding> of(Severity severity) {
    return findings.stream().filter(each -> each.severity() == severity).toList();
  }

  /**
   * The findings of one engine.
   *
   * @param engine its name
   * @return the findings, the worst first
   */
  public List<Finding> of(String engine) {
    return findings.stream().filter(each -> each.engine().equals(engine)).toList();
  }

  /** The report for people, one line for each finding. */
  @Override
  public String toString() {
    StringBuilder report = new StringBuilder("Engines ").append(engines).append(": ");
    if (findings.isEmpty()) {
      return report.append("nothing found.").toString();
    }
    report.append(findings.size()).append(findings.size() == 1 ? " finding" : " findings");
    findings.forEach(each -> report.append("\n  ").append(each));
    return report.toString();
  }
}
