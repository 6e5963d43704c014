package io.sqlassist.benchmarks;

import io.sqlassist.benchmarks.Comparison.Goal;
import io.sqlassist.benchmarks.Summary.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The page of results: what was promised, what was measured, and whether that is enough. */
final class Report {

  private final List<Summary> summaries;
  private final int rounds;

  Report(List<Summary> summaries, int rounds) {
    this.summaries = List.copyOf(summaries);
    this.rounds = rounds;
  }

  void write(Path directory) throws IOException {
    Path images = Files.createDirectories(directory.resolve("images"));
    List<Summary> ratios = summaries.stream().filter(Summary::hasBaseline).toList();
    Files.writeString(images.resolve("performance.svg"), RatioPlot.of(ratios));
    Files.writeString(directory.resolve("performance.md"), page());
  }

  private String page() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("# Performance");
    lines.add("");
    lines.add("What a unit of work costs. This page is written by a program, from one run:");
    lines.add("");
    lines.add("```sh");
    lines.add(
        "mvn -q compile exec:exec -pl benchmarks -am                               # all of it");
    lines.add(
        "mvn -q compile exec:exec -pl benchmarks -am -Dbenchmarks='read.*' -Drounds=3  # some of it");
    lines.add("```");
    lines.add("");
    lines.add(
        "Each comparison was measured in "
            + rounds
            + " rounds. In a round ours and the baseline ran right after each other,");
    lines.add(
        "each in a JVM of its own, in changing order; the ratio of a round compares these two. The table tells the");
    lines.add(
        "median of the rounds, and the least and the most. Above 1 means faster than the baseline. A goal is met or");
    lines.add("missed by the median.");
    lines.add("");
    Machine.describe().forEach((what, value) -> lines.add("* " + what + ": " + value));
    lines.add("");
    lines.add("![Speed relative to the baseline](images/performance.svg)");
    lines.add("");
    lines.add("## Against a baseline");
    lines.add("");
    lines.add("| comparison | speed | least to most | goal | ours | more bytes | |");
    lines.add("|---|---:|---:|---:|---:|---:|---|");
    summaries.stream().filter(Summary::hasBaseline).forEach(each -> lines.add(ratioRow(each)));
    lines.add("");
    lines.add("## By itself");
    lines.add("");
    lines.add("| what | time | least to most | bytes | goal | |");
    lines.add("|---|---:|---:|---:|---:|---|");
    summaries.stream()
        .filter(each -> !each.hasBaseline())
        .forEach(each -> lines.add(costRow(each)));
    lines.add("");
    List<Summary> missed =
        summaries.stream().filter(each -> each.hasGoal() && !each.isMet()).toList();
    lines.add("## Goals missed");
    lines.add("");
    if (missed.isEmpty()) {
      lines.add("None.");
    }
    missed.forEach(each -> lines.add("* " + each.comparison().title() + "."));
    lines.add("");
    return String.join("\n", lines);
  }

  private static String ratioRow(Summary summary) {
    Spread speed = summary.of(Sample::speed);
    Goal goal = summary.comparison().goal();
    String promised = goal.minSpeed() == 0 ? "" : number("%.2f", goal.minSpeed());
    if (!Double.isInfinite(goal.maxBytes())) {
      promised += number(", at most %.0f B more", goal.maxBytes());
    }
    return row(
        summary.comparison().title(),
        number("%.3f", speed.median()),
        number("%.3f", speed.min()) + " to " + number("%.3f", speed.max()),
        promised,
        time(summary.of(Sample::subjectNanos).median()),
        bytes(summary.bytes().median()),
        verdict(summary));
  }

  private static String costRow(Summary summary) {
    Spread time = summary.of(Sample::subjectNanos);
    Goal goal = summary.comparison().goal();
    return row(
        summary.comparison().title(),
        time(time.median()),
        time(time.min()) + " to " + time(time.max()),
        bytes(summary.bytes().median()),
        Double.isInfinite(goal.maxNanos())
            ? ""
            : time(goal.maxNanos()) + number(", %.0f B", goal.maxBytes()),
        verdict(summary));
  }

  private static String verdict(Summary summary) {
    if (!summary.hasGoal()) {
      return "";
    }
    return summary.isMet() ? "met" : "**missed**";
  }

  private static String row(String... cells) {
    return "| " + String.join(" | ", cells) + " |";
  }

  private static String bytes(double bytes) {
    return Double.isNaN(bytes) ? "" : number("%,.0f", bytes);
  }

  private static String time(double nanos) {
    if (nanos < 1_000) {
      return number("%.1f ns", nanos);
    }
    return nanos < 1_000_000 ? number("%.1f µs", nanos / 1_000) : number("%,.1f ms", nanos / 1e6);
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
