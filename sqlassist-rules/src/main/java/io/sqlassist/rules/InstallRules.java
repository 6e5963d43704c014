package io.sqlassist.rules;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The program of this jar: {@code install-rules --target claude} writes SqlAssist's rules to where
 * an assistant reads them.
 *
 * <p>A file that it has written and nobody has changed is renewed. For every other file that is
 * there it asks, and where nobody answers it changes nothing at all.
 *
 * <p>Belongs to the thread that runs {@link #main}.
 */
public final class InstallRules {

  private static final int DONE = 0;
  private static final int REFUSED = 1;
  private static final int MISUSED = 2;

  private final BufferedReader answers;
  private final PrintStream out;
  private final PrintStream err;

  private InstallRules(BufferedReader answers, PrintStream out, PrintStream err) {
    this.answers = answers;
    this.out = out;
    this.err = err;
  }

  /**
   * Runs the program, and ends the JVM with 0 if all is as it was asked for, 1 if something was
   * refused or failed, 2 if the arguments are wrong.
   *
   * @param arguments {@code install-rules}, then {@code --target}, {@code --directory}, {@code
   *     --force}; without any the usage is printed
   */
  public static void main(String[] arguments) {
    BufferedReader answers =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.exit(new InstallRules(answers, System.out, System.err).run(List.of(arguments)));
  }

  private int run(List<String> arguments) {
    if (arguments.isEmpty() || arguments.contains("--help")) {
      (arguments.isEmpty() ? err : out).print(usage());
      return arguments.isEmpty() ? MISUSED : DONE;
    }
    try {
      return install(Request.of(arguments));
    } catch (IllegalArgumentException e) {
      err.println(e.getMessage());
      return MISUSED;
    } catch (IOException e) {
      err.println("Not installed: " + e.getMessage() + ".");
      return REFUSED;
    }
  }

  private int install(Request request) throws IOException {
    Map<PlannedFile, PlannedFile.State> plan = plan(request);
    Set<PlannedFile> kept = request.force() ? Set.of() : ask(plan);
    out.println("SqlAssist's rules in " + request.directory().toRealPath() + ":");
    for (Map.Entry<PlannedFile, PlannedFile.State> each : plan.entrySet()) {
      PlannedFile file = each.getKey();
      if (kept.contains(file)) {
        report("kept", file);
      } else if (each.getValue() == PlannedFile.State.CURRENT) {
        report("unchanged", file);
      } else {
        try {
          file.write(request.directory());
        } catch (IOException e) {
          throw new IOException(file.path() + " can't be written: " + e, e);
        }
        report(written(each.getValue()), file);
      }
    }
    return DONE;
  }

  private static Map<PlannedFile, PlannedFile.State> plan(Request request) throws IOException {
    if (!Files.isDirectory(request.directory())) {
      throw new IOException("there is no directory " + request.directory());
    }
    List<Rule> rules = Rule.all();
    Map<PlannedFile, PlannedFile.State> plan = new LinkedHashMap<>();
    for (Target target : request.targets()) {
      for (PlannedFile file : target.files(rules)) {
        if (Files.isDirectory(request.directory().resolve(file.path()))) {
          throw new IOException(file.path() + " is a directory");
        }
        plan.put(file, file.state(request.directory()));
      }
    }
    return plan;
  }

  /** Asks for all before the first is written; the files that are to be left as they are. */
  private Set<PlannedFile> ask(Map<PlannedFile, PlannedFile.State> plan) throws IOException {
    Set<PlannedFile> kept = new LinkedHashSet<>();
    for (Map.Entry<PlannedFile, PlannedFile.State> each : plan.entrySet()) {
      String question = question(each.getKey(), each.getValue());
      if (question.isEmpty()) {
        continue;
      }
      out.print(question + " [y/N] ");
      out.flush();
      String answer = answers.readLine();
      if (answer == null) {
        out.println();
        throw new IOException(
            "nothing was changed, because "
                + each.getKey().path()
                + " is there and nobody answers. Run it in a terminal, or with --force, which replaces"
                + " such files; to see what they would become, use --directory with an empty one");
      }
      if (!Set.of("y", "yes").contains(answer.strip().toLowerCase(Locale.ROOT))) {
        kept.add(each.getKey());
      }
    }
    return kept;
  }

  private static String question(PlannedFile file, PlannedFile.State state) {
    return switch (state) {
      case ABSENT, CURRENT, OUTDATED -> "";
      case WITHOUT_SECTION -> file.path() + " is yours. Add a section on SqlAssist at its end?";
      case CHANGED ->
          file.isSection()
              ? "The section on SqlAssist in " + file.path() + " was changed. Replace it?"
              : file.path() + " was changed, or is not of install-rules. Replace it?";
    };
  }

  private static String written(PlannedFile.State before) {
    return switch (before) {
      case ABSENT -> "written";
      case OUTDATED -> "renewed";
      case WITHOUT_SECTION -> "extended";
      case CHANGED -> "replaced";
      case CURRENT -> "unchanged";
    };
  }

  private void report(String what, PlannedFile file) {
    out.println("  " + what + " ".repeat(11 - what.length()) + file.path());
  }

  private static String usage() {
    StringBuilder text =
        new StringBuilder(
            """
            Usage: java -jar sqlassist-rules.jar install-rules --target <assistant> [--directory <project>] [--force]

              --target     whose rules to install; may be given more than once:
            """);
    for (Target target : Target.values()) {
      String name = target.argument();
      text.append(
          "                 " + name + " ".repeat(10 - name.length()) + target.meaning() + "\n");
    }
    return text
        + """
              --directory  the project; by default the current directory
              --force      replace files that are there without asking, also those that are not of install-rules

            Files that it wrote before and nobody has changed are renewed. For others it asks.
            """;
  }

  /** What was asked for. */
  private record Request(Set<Target> targets, Path directory, boolean force) {

    static Request of(List<String> arguments) {
      if (!arguments.get(0).equals("install-rules")) {
        throw new IllegalArgumentException(
            "There is no command '" + arguments.get(0) + "'. Known: install-rules, --help.");
      }
      Set<Target> targets = new LinkedHashSet<>();
      Path directory = Path.of("");
      boolean force = false;
      List<String> rest = new ArrayList<>(arguments.subList(1, arguments.size()));
      while (!rest.isEmpty()) {
        String option = rest.remove(0);
        switch (option) {
          case "--force" -> force = true;
          case "--target" -> targets.add(target(value(option, rest)));
          case "--directory" -> directory = Path.of(value(option, rest));
          default ->
              throw new IllegalArgumentException(
                  "There is no option '"
                      + option
                      + "'. Known: --target, --directory, --force, --help.");
        }
      }
      if (targets.isEmpty()) {
        throw new IllegalArgumentException(
            "For which assistant? Add --target with one of: " + Target.arguments() + ".");
      }
      return new Request(targets, directory, force);
    }

    private static String value(String option, List<String> rest) {
      if (rest.isEmpty()) {
        throw new IllegalArgumentException(
            option
                + " needs a value"
                + (option.equals("--target") ? ", one of: " + Target.arguments() : "")
                + ".");
      }
      return rest.remove(0);
    }

    private static Target target(String name) {
      return Stream.of(Target.values())
          .filter(target -> target.argument().equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "There is no target '" + name + "'. Known: " + Target.arguments() + "."));
    }
  }
}
