package io.sqlassist.consumer;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A page that a reader follows: its steps, in order. Nothing is passed over: a block that is
 * neither a file, nor a command, nor a command's answer makes the page unreadable.
 */
record Page(List<Step> steps) {

  /** What the page tells its reader to do, or to expect. */
  sealed interface Step {
    int line();
  }

  /** A file to write. */
  record FileBlock(int line, String path, String content) implements Step {}

  /** A command to type, and what it prints; an answer of no lines is one the page does not show. */
  record Command(int line, String text, List<String> answer) implements Step {}

  /** An address to open in a browser. */
  record Open(int line, String address) implements Step {}

  /** The key that stops what runs. */
  record Stop(int line) implements Step {}

  private static final Pattern PATH = Pattern.compile("`([\\w./-]+)`:");
  private static final Pattern ADDRESS = Pattern.compile("<(http://[^>]+)>");

  static Page read(List<String> lines) {
    List<Step> steps = new ArrayList<>();
    String above = "";
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith("```")) {
        int end = i + 1;
        while (end < lines.size() && !lines.get(end).equals("```")) {
          end++;
        }
        if (end == lines.size()) {
          throw new IllegalArgumentException("Line " + (i + 1) + ": the block has no end");
        }
        block(steps, i + 1, line.substring(3), above, lines.subList(i + 1, end));
        above = "a block";
        i = end;
      } else if (!line.isBlank()) {
        prose(steps, i + 1, line);
        above = line;
      }
    }
    return new Page(steps);
  }

  private static void prose(List<Step> steps, int number, String line) {
    Matcher address = ADDRESS.matcher(line);
    while (address.find()) {
      steps.add(new Open(number, address.group(1)));
    }
    if (line.contains("Ctrl+C")) {
      steps.add(new Stop(number));
    }
  }

  private static void block(
      List<Step> steps, int number, String language, String above, List<String> lines) {
    Matcher path = PATH.matcher(above);
    if (language.equals("sh")) {
      lines.forEach(line -> steps.add(new Command(number, line, List.of())));
    } else if (language.equals("text")) {
      if (!above.equals("a block")
          || !(steps.get(steps.size() - 1) instanceof Command command)
          || !command.answer().isEmpty()) {
        throw new IllegalArgumentException("Line " + number + ": an answer without a command");
      }
      steps.set(steps.size() - 1, new Command(command.line(), command.text(), lines));
    } else if (path.matches()) {
      steps.add(new FileBlock(number, path.group(1), String.join("\n", lines) + "\n"));
    } else {
      throw new IllegalArgumentException(
          "Line " + number + ": a block of " + language + " that no name of a file stands above");
    }
  }
}
