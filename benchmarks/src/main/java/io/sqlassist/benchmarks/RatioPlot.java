package io.sqlassist.benchmarks;

import io.sqlassist.benchmarks.Summary.Spread;
import java.util.List;
import java.util.Locale;

/** Speeds relative to their baselines: a dot for the median, a line from the least to the most. */
final class RatioPlot {

  private static final int LEFT = 170;
  private static final int WIDTH = 760;
  private static final int ROW = 24;
  private static final int TOP = 34;
  private static final double LEAST = 0.25;
  private static final double MOST = 4;

  private RatioPlot() {}

  static String of(List<Summary> summaries) {
    int height = TOP + summaries.size() * ROW + 14;
    StringBuilder svg = new StringBuilder();
    append(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" role=\"img\""
            + " font-family=\"sans-serif\" font-size=\"12\">%n",
        WIDTH,
        height);
    append(svg, "<title>Speed relative to the baseline; above 1 is faster</title>%n");
    append(svg, "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>%n");
    for (double mark : new double[] {0.25, 0.5, 1, 2, 4}) {
      append(
          svg,
          "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"%s\"/>%n"
              + "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#555555\">%s</text>%n",
          x(mark),
          TOP - 8,
          x(mark),
          height - 8,
          mark == 1 ? "#333333" : "#dddddd",
          x(mark),
          TOP - 14,
          mark == Math.rint(mark) ? Long.toString(Math.round(mark)) : Double.toString(mark));
    }
    int y = TOP + ROW / 2;
    for (Summary summary : summaries) {
      Spread speed = summary.of(Sample::speed);
      String colour = !summary.hasGoal() ? "#555555" : summary.isMet() ? "#1a7f4b" : "#b3261e";
      append(
          svg,
          "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#222222\">%s</text>%n"
              + "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"%s\""
              + " stroke-width=\"2\"/>%n"
              + "<circle cx=\"%.1f\" cy=\"%d\" r=\"4\" fill=\"%s\"/>%n",
          LEFT - 12,
          y + 4,
          summary.comparison().id(),
          x(speed.min()),
          y,
          x(speed.max()),
          y,
          colour,
          x(speed.median()),
          y,
          colour);
      double goal = summary.comparison().goal().minSpeed();
      if (goal > 0) {
        append(
            svg,
            "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#222222\""
                + " stroke-dasharray=\"2 2\"/>%n",
            x(goal),
            y - 8,
            x(goal),
            y + 8);
      }
      y += ROW;
    }
    return svg.append("</svg>\n").toString();
  }

  /** Twice as fast is as far from 1 as half as fast. */
  private static double x(double ratio) {
    double inside = Math.min(MOST, Math.max(LEAST, ratio));
    double share = (Math.log(inside) - Math.log(LEAST)) / (Math.log(MOST) - Math.log(LEAST));
    return LEFT + share * (WIDTH - LEFT - 20);
  }

  private static void append(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }
}
