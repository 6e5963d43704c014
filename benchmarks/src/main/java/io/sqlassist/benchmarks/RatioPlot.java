package io.sqlassist.benchmarks;

import io.sqlassist.benchmarks.Summary.Spread;
import java.util.List;
import java.util.Locale;

/**
 * Speeds relative to what they are compared with: a mark for the median, a line from the least to
 * the most, a dashed line for the goal. Has its own background, light or dark as the reader's.
 */
final class RatioPlot {

  private static final int LEFT = 190;
  private static final int WIDTH = 800;
  private static final int RIGHT = 110;
  private static final int ROW = 24;
  private static final int TOP = 34;
  private static final double LEAST = 0.25;
  private static final double MOST = 4;
  private static final double[] SCALE = {0.25, 0.5, 1, 2, 4};

  private static final String STYLE =
      """
      <style>
        svg { --paper: #ffffff; --ink: #222222; --faint: #d0d0d0; --met: #1a7f4b; --missed: #b3261e; --plain: #555555 }
        @media (prefers-color-scheme: dark) {
          svg { --paper: #16191d; --ink: #e6e6e6; --faint: #444a52; --met: #5fd79a; --missed: #ff8a80; --plain: #b0b0b0 }
        }
        text { fill: var(--ink) }
        .paper { fill: var(--paper) }
        .scale { stroke: var(--faint) }
        .one, .goal { stroke: var(--ink) }
        .goal { stroke-dasharray: 2 2 }
        .met { fill: var(--met); stroke: var(--met) }
        .missed { fill: var(--missed); stroke: var(--missed) }
        .plain { fill: var(--plain); stroke: var(--plain) }
        .spread { stroke-width: 2 }
      </style>
      """;

  private final StringBuilder svg = new StringBuilder();

  private RatioPlot() {}

  static String of(List<Summary> summaries) {
    return new RatioPlot().draw(summaries);
  }

  private String draw(List<Summary> summaries) {
    int height = TOP + summaries.size() * ROW + 14;
    append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
            + " role=\"img\" font-family=\"sans-serif\" font-size=\"12\">%n",
        WIDTH, height, WIDTH, height);
    append("<title>Speed relative to what it is compared with; above 1 is faster</title>%n");
    svg.append(STYLE);
    append("<rect class=\"paper\" width=\"100%%\" height=\"100%%\"/>%n");
    for (double mark : SCALE) {
      append(
          "<line class=\"%s\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>%n"
              + "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
          mark == 1 ? "one" : "scale",
          x(mark),
          TOP - 8,
          x(mark),
          height - 8,
          x(mark),
          TOP - 14,
          mark == Math.rint(mark) ? Long.toString(Math.round(mark)) : Double.toString(mark));
    }
    int y = TOP + ROW / 2;
    for (Summary summary : summaries) {
      draw(summary, y);
      y += ROW;
    }
    return svg.append("</svg>\n").toString();
  }

  private void draw(Summary summary, int y) {
    Spread speed = summary.of(Sample::speed);
    double goal = summary.comparison().goal().minSpeed();
    if (goal > 0) {
      append(
          "<line class=\"goal\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>%n",
          x(goal), y - 8, x(goal), y + 8);
    }
    String outcome = !summary.hasGoal() ? "plain" : summary.isMet() ? "met" : "missed";
    append(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n",
        LEFT - 12, y + 4, summary.comparison().id());
    append(
        "<line class=\"spread %s\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>%n",
        outcome, x(speed.min()), y, x(speed.max()), y);
    if (outcome.equals("missed")) { // not by its colour alone
      append(
          "<rect class=\"mark missed\" x=\"%.1f\" y=\"%d\" width=\"8\" height=\"8\"/>%n",
          x(speed.median()) - 4, y - 4);
    } else {
      append(
          "<circle class=\"mark %s\" cx=\"%.1f\" cy=\"%d\" r=\"4\"/>%n",
          outcome, x(speed.median()), y);
    }
    append(
        "<text x=\"%d\" y=\"%d\">%.2f%s</text>%n",
        WIDTH - RIGHT + 14, y + 4, speed.median(), outcome.equals("plain") ? "" : " " + outcome);
  }

  /** Twice as fast is as far from 1 as half as fast. */
  private static double x(double ratio) {
    double inside = Math.min(MOST, Math.max(LEAST, ratio));
    double share = (Math.log(inside) - Math.log(LEAST)) / (Math.log(MOST) - Math.log(LEAST));
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private void append(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }
}
