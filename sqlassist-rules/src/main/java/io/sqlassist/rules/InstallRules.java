package io.sqlassist.rules;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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

  private final Answers answers;
  private final PrintStream out;
  private final PrintStream err;

  private InstallRules(Answers answers, PrintStream out, PrintStream err) {
    this.answers = answers;
    this.out = out;
    this.err = err;
  }

  /**
   * Runs the program, and ends the JVM with 0 if all is as it was asked for, 1 if something was
   * refused or failed, 2 if the arguments are wrong.
   *
   * @param arguments {@code install-rules}, then {@code --target}, {@code --directory}, {@code
   *     --force}, {@code --wait}; without any the usage is printed
   */
  public static void main(String[] arguments) {
    System.exit(
        new InstallRules(new Answers(System.in), System.out, System.err).run(List.of(arguments)));
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
    Set<PlannedFile> kept = ask(plan, request);
    Map<PlannedFile, PlannedFile.State> writes = new LinkedHashMap<>(plan);
    writes.keySet().removeAll(kept);
    writes.values().removeIf(PlannedFile.State.CURRENT::equals);
    refuseWhatCannotBeWritten(writes.keySet(), request.directory());
    out.println("SqlAssist's rules in " + request.directory().toRealPath() + ":");
    int done = 0;
    for (Map.Entry<PlannedFile, PlannedFile.State> each : plan.entrySet()) {
      PlannedFile file = each.getKey();
      if (!writes.containsKey(file)) {
        report(kept.contains(file) ? "kept" : "unchanged", file);
        continue;
      }
      try {
        file.write(request.directory());
      } catch (IOException e) {
        err.println(stopped(done, writes.size(), file, e));
        return REFUSED;
      }
      report(written(each.getValue()), file);
      done++;
    }
    return DONE;
  }

  private static String stopped(int done, int all, PlannedFile file, IOException e) {
    return "Stopped after "
        + done
        + " of "
        + all
        + " files: "
        + file.path()
        + " can't be written: "
        + e
        + ". Look at that file, and run the same command again.";
  }

  private static Map<PlannedFile, PlannedFile.State> plan(Request request) throws IOException {
    if (!Files.isDirectory(request.directory())) {
      throw new IOException("there is no directory " + request.directory());
    }
    List<Rule> rules = Rule.all();
    Map<PlannedFile, PlannedFile.State> plan = new LinkedHashMap<>();
    for (Target target : request.targets()) {
      for (PlannedFile file : target.files(rules)) {
        plan.put(file, file.state(request.directory()));
      }
    }
    return plan;
  }

  private static void refuseWhatCannotBeWritten(Set<PlannedFile> files, Path project)
      throws IOException {
    for (PlannedFile file : files) {
      Optional<String> obstacle = ProjectPaths.obstacle(project, file.path());
      if (obstacle.isPresent()) {
        throw new IOException(
            file.path() + " can't be written, since " + obstacle.get() + "; nothing was changed");
      }
    }
  }

  /** Asks for all before the first is written; the files that are to be left as they are. */
  private Set<PlannedFile> ask(Map<PlannedFile, PlannedFile.State> plan, Request request)
      throws IOException {
    Set<PlannedFile> kept = new LinkedHashSet<>();
    for (Map.Entry<PlannedFile, PlannedFile.State> each : plan.entrySet()) {
      PlannedFile file = each.getKey();
      Optional<Path> outside = ProjectPaths.outside(request.directory(), file.path());
      String question = question(file, each.getValue(), outside);
      // Who has forced a project has not meant what is somewhere else.
      if (question.isEmpty() || (request.force() && outside.isEmpty())) {
        continue;
      }
      out.print(question + " [y/N] ");
      out.flush();
      String answer = answers.next(request.patience());
      if (answer == null) {
        out.println();
        throw new IOException(nobodyAnswers(file, outside));
      }
      if (!Set.of("y", "yes").contains(answer.strip().toLowerCase(Locale.ROOT))) {
        kept.add(file);
      }
    }
    return kept;
  }

  private static String nobodyAnswers(PlannedFile file, Optional<Path> outside) {
    return outside
        .map(
            place ->
                "nothing was changed, because "
                    + file.path()
                    + " leads out of the project, to "
                    + place
                    + ", and nobody answers. Run it in a terminal, or install there with"
                    + " --directory; --force is for the project only")
        .orElseGet(
            () ->
                "nothing was changed, because "
                    + file.path()
                    + " is there and nobody answers. Run it in a terminal, or with --force, which"
                    + " replaces such files; to see what they would become, use --directory with"
                    + " an empty one");
  }

  private static String question(
      PlannedFile file, PlannedFile.State state, Optional<Path> outside) {
    if (state == PlannedFile.State.CURRENT) {
      return "";
    }
    String question =
        switch (state) {
          case ABSENT, CURRENT, OUTDATED -> outside.isEmpty() ? "" : "Write it there?";
          case WITHOUT_SECTION -> file.path() + " is yours. Add a section on SqlAssist at its end?";
          case CHANGED ->
              file.isSection()
                  ? "The section on SqlAssist in " + file.path() + " was changed. Replace it?"
                  : file.path() + " was changed, or is not of install-rules. Replace it?";
        };
    return outside
        .map(place -> file.path() + " leads out of the project, to " + place + ". " + question)
        .orElse(question);
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
            Usage: java -jar sqlassist-rules.jar install-rules --target <assistant> [--directory <project>] [--force] [--wait <seconds>]

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
              --wait       how long to wait for an answer where there is no terminal; by default 60

            Files that it wrote before and nobody has changed are renewed. For others it asks.
            """;
  }

  /** What was asked for. */
  private record Request(Set<Target> targets, Path directory, boolean force, Duration patience) {

    static Request of(List<String> arguments) {
      if (!arguments.get(0).equals("install-rules")) {
        throw new IllegalArgumentException(
            "There is no command '" + arguments.get(0) + "'. Known: install-rules, --help.");
      }
      Set<Target> targets = new LinkedHashSet<>();
      Path directory = Path.of("");
      boolean force = false;
      Duration patience = Duration.ofSeconds(60);
      List<String> rest = new ArrayList<>(arguments.subList(1, arguments.size()));
      while (!rest.isEmpty()) {
        String option = rest.remove(0);
        switch (option) {
          case "--force" -> force = true;
          case "--target" -> targets.add(target(value(option, rest)));
          case "--wait" -> patience = seconds(value(option, rest));
          case "--directory" -> directory = Path.of(value(option, rest));
          default ->
              throw new IllegalArgumentException(
                  "There is no option '"
                      + option
                      + "'. Known: --target, --directory, --force, --wait, --help.");
        }
      }
      if (targets.isEmpty()) {
        throw new IllegalArgumentException(
            "For which assistant? Add --target with one of: " + Target.arguments() + ".");
      }
      return new Request(targets, directory, force, patience);
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

    private static Duration seconds(String value) {
      if (!value.matches("[1-9][0-9]{0,5}")) {
        throw new IllegalArgumentException(
            "--wait needs a number of seconds, 1 or more, and not '" + value + "'.");
      }
      return Duration.ofSeconds(Long.parseLong(value));
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
