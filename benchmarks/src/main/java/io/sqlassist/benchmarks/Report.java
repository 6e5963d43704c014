package io.sqlassist.benchmarks;

import io.sqlassist.benchmarks.Comparison.Goal;
import io.sqlassist.benchmarks.Summary.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** The page of results: what was promised, what was measured, and whether that is enough. */
final class Report {

  private static final String COMMAND = "mvn -q compile exec:exec -pl benchmarks -am";

  private final List<Summary> summaries;
  private final int rounds;
  private final Reasons reasons;
  private final List<String> lines = new ArrayList<>();

  Report(List<Summary> summaries, int rounds, Reasons reasons) {
    this.summaries = List.copyOf(summaries);
    this.rounds = rounds;
    this.reasons = reasons;
  }

  void write(Path directory) throws IOException {
    Path images = Files.createDirectories(directory.resolve("images"));
    // First: what is written changes the commit that the page names.
    Files.writeString(directory.resolve("performance.md"), page());
    List<Summary> ratios =
        summaries.stream()
            .filter(each -> each.isMeasured() && each.comparison().hasBaseline())
            .toList();
    Files.writeString(images.resolve("performance.svg"), RatioPlot.of(ratios));
  }

  private String page() throws IOException {
    lines.clear();
    introduction();
    ratios();
    costs();
    starts();
    missed();
    arms();
    return String.join("\n", lines).strip() + "\n";
  }

  private void introduction() throws IOException {
    add(
        "# Performance",
        "",
        "What a unit of work costs. This page is written by a program, from one run:",
        "",
        "```sh",
        COMMAND + "                                          # all of it",
        COMMAND + " -Dbenchmarks='read.*|http-read' -Drounds=1  # some of it, into target",
        "```",
        "",
        "Each comparison was measured in "
            + (rounds == 1 ? "one round" : rounds + " rounds")
            + ", each arm in JVMs of its own. In a"
            + " round ours and what it is",
        "compared with ran right after each other, in changing order, or were asked in turns; the"
            + " ratio of a round",
        "compares these. The tables tell the median of the rounds, and the least and the most. Above"
            + " 1 means faster",
        "than what it is compared with. A goal is met or missed by the median.",
        "");
    Machine.describe().forEach((what, value) -> add("* " + what + ": " + value));
    add(
        "",
        counted(Summary::hasGoal)
            + " goals: "
            + counted(each -> each.hasGoal() && each.isMet())
            + " met, "
            + counted(Summary::isMissed)
            + " missed, "
            + counted(each -> each.hasGoal() && !each.isMeasured())
            + " not measured.",
        "",
        "![Speed relative to what it is compared with](images/performance.svg)",
        "");
  }

  private long counted(Predicate<Summary> condition) {
    return summaries.stream().filter(condition).count();
  }

  private void ratios() {
    add(
        "## Against something",
        "",
        "| name | comparison | speed | least to most | goal | ours | the other | more bytes | |",
        "|---|---|---:|---:|---:|---:|---:|---:|---|");
    summaries.stream()
        .filter(each -> each.comparison().hasBaseline())
        .forEach(each -> add(ratioRow(each)));
    add("");
  }

  private void costs() {
    add(
        "## By itself",
        "",
        "| name | what | time | least to most | bytes | goal | |",
        "|---|---|---:|---:|---:|---:|---|");
    summaries.stream()
        .filter(each -> !each.comparison().hasBaseline() && !isStart(each))
        .forEach(each -> add(costRow(each)));
    add("");
  }

  private void starts() {
    add(
        "## Start and memory",
        "",
        "The first start in a JVM, on H2, and what is kept on the heap after a full collection."
            + " Each entity has ten columns.",
        "",
        "| name | what | start | least to most | of each engine | heap | of each engine |",
        "|---|---|---:|---:|---:|---:|---:|");
    summaries.stream().filter(Report::isStart).forEach(each -> add(startRow(each)));
    add("");
  }

  private void missed() {
    add("## Goals missed", "");
    List<Summary> missed = summaries.stream().filter(Summary::isMissed).toList();
    if (missed.isEmpty()) {
      add("None.", "");
    }
    for (Summary each : missed) {
      add(
          "### " + each.comparison().id(),
          "",
          each.comparison().title() + ": " + outcome(each) + ".",
          "",
          reasons.of(each.comparison()).orElse("The reason was not found yet."),
          "");
    }
  }

  private static String outcome(Summary summary) {
    Goal goal = summary.comparison().goal();
    String measured =
        goal.minSpeed() == 0
            ? time(summary.of(Sample::subjectNanos).median())
            : number("%.3f", summary.of(Sample::speed).median());
    if (!Double.isInfinite(goal.maxBytes())) {
      measured += number(", %,.0f B", summary.bytes().median());
    }
    return measured + faults(summary) + ", promised " + promise(goal);
  }

  private void arms() throws IOException {
    add(
        "## What the servers are",
        "",
        "All of them have the same entity and the same two requests, and answer the same bytes: a"
            + " test compares them.",
        "Each runs in a JVM of its own with "
            + String.join(" ", ServerProcess.FLAGS)
            + ", on"
            + " platform threads (but",
        "for `crowd`), with HikariCP, at most "
            + ServerArm.POOL
            + " connections in each pool, the same driver, Jackson, and no log.",
        "Four connections ask, each again as soon as it is answered.",
        "");
    server(
        ServerArm.SQLASSIST,
        "Javalin and SqlAssist",
        "a reader (read-only, no transaction) and a writer, each with a pool");
    server(
        ServerArm.HAND_WRITTEN,
        "Javalin and Hibernate by hand",
        "the same, as a careful application does it: try/finally around each session");
    server(
        ServerArm.SPRING_BOOT,
        "Spring Boot",
        "`spring-boot-starter-webmvc` and `-data-jpa` as they come, with Tomcat; a controller, a"
            + " service with `@Transactional` (`readOnly = true` for the read), a `JpaRepository`;"
            + " `open-in-view` is off, as most guides say (by default it is on), and a connection"
            + " is kept for any number of requests (by default for a hundred)");
    server(
        ServerArm.DROPWIZARD,
        "Dropwizard",
        "`dropwizard-hibernate` as it comes, but with HikariCP for Tomcat's pool and without"
            + " request log; a resource with `@UnitOfWork` (`readOnly = true` for the read), an"
            + " `AbstractDAO`");
    add("");
  }

  private void server(ServerArm arm, String name, String what) throws IOException {
    add("* **" + name + "**: " + what + ". " + String.join(", ", arm.libraries()) + ".");
  }

  private static boolean isStart(Summary summary) {
    return summary.comparison().subject() instanceof StartArm;
  }

  private static String ratioRow(Summary summary) {
    if (!summary.isMeasured()) {
      return notMeasured(summary, 8);
    }
    Spread speed = summary.of(Sample::speed);
    return row(
        "`" + summary.comparison().id() + "`",
        summary.comparison().title(),
        number("%.3f", speed.median()),
        number("%.3f", speed.min()) + " to " + number("%.3f", speed.max()),
        promise(summary.comparison().goal()),
        time(summary.of(Sample::subjectNanos).median()),
        time(summary.of(Sample::baselineNanos).median()),
        isStart(summary) ? "" : bytes(summary.bytes().median()),
        verdict(summary));
  }

  private static String costRow(Summary summary) {
    if (!summary.isMeasured()) {
      return notMeasured(summary, 6);
    }
    Spread time = summary.of(Sample::subjectNanos);
    return row(
        "`" + summary.comparison().id() + "`",
        summary.comparison().title(),
        time(time.median()),
        time(time.min()) + " to " + time(time.max()),
        bytes(summary.bytes().median()),
        promise(summary.comparison().goal()),
        verdict(summary));
  }

  private static String startRow(Summary summary) {
    if (!summary.isMeasured()) {
      return notMeasured(summary, 7);
    }
    StartArm arm = (StartArm) summary.comparison().subject();
    Spread time = summary.of(Sample::subjectNanos);
    double heap = summary.of(Sample::subjectBytes).median();
    String title = summary.comparison().title();
    return row(
        "`" + summary.comparison().id() + "`",
        summary.comparison().hasBaseline()
            ? arm.engines() + " engines, " + arm.entities() + " entities each"
            : title,
        time(time.median()),
        time(time.min()) + " to " + time(time.max()),
        time(time.median() / arm.engines()),
        number("%,.1f MB", heap / 1e6),
        number("%,.2f MB", heap / 1e6 / arm.engines()));
  }

  private static String notMeasured(Summary summary, int columns) {
    String[] cells = new String[columns];
    Arrays.fill(cells, "");
    cells[0] = "`" + summary.comparison().id() + "`";
    cells[1] = summary.comparison().title();
    return row(cells) + " not measured: " + summary.obstacle() + " |";
  }

  private static String promise(Goal goal) {
    List<String> parts = new ArrayList<>();
    if (goal.minSpeed() != 0) {
      parts.add(number("≥ %.2f", goal.minSpeed()));
    }
    if (!Double.isInfinite(goal.maxNanos())) {
      parts.add("≤ " + time(goal.maxNanos()));
    }
    if (!Double.isInfinite(goal.maxBytes())) {
      parts.add(number(goal.minSpeed() == 0 ? "≤ %.0f B" : "≤ %.0f B more", goal.maxBytes()));
    }
    return String.join(", ", parts);
  }

  private static String verdict(Summary summary) {
    if (!summary.hasGoal()) {
      return "";
    }
    return summary.isMet() ? "met" : "**missed**" + faults(summary);
  }

  private static String faults(Summary summary) {
    return summary.faults().isNone() ? "" : ", " + summary.faults();
  }

  private void add(String... some) {
    lines.addAll(List.of(some));
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
