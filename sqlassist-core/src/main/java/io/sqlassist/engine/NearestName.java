package io.sqlassist.engine;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Which of the names that there are was meant by one that there is not. */
final class NearestName {

  private NearestName() {}

  /**
   * The known name with the fewest letters to change, if they are few. Case and separators count
   * for nothing: {@code readOnly} is {@code read-only}. Of a name its beginning is enough.
   */
  static Optional<String> of(String unknown, Collection<String> known) {
    String wanted = bare(unknown);
    String nearest = null;
    int least = 2 + wanted.length() / 3;
    for (String each : known) {
      String candidate = bare(each);
      int distance =
          candidate.startsWith(wanted) && wanted.length() > 2 ? 1 : distance(wanted, candidate);
      if (distance < least) {
        least = distance;
        nearest = each;
      }
    }
    return Optional.ofNullable(nearest);
  }

  private static String bare(String name) {
    StringBuilder bare = new StringBuilder();
    name.toLowerCase(Locale.ROOT)
        .chars()
        .filter(Character::isLetterOrDigit)
        .forEach(each -> bare.append((char) each));
    return bare.toString();
  }

  /** How many letters to insert, leave out, replace or swap with their neighbour. */
  private static int distance(String from, String to) {
    int[][] distances = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        distances[i][j] = i == 0 || j == 0 ? i + j : step(distances, from, to, i, j);
      }
    }
    return distances[from.length()][to.length()];
  }

  private static int step(int[][] distances, String from, String to, int i, int j) {
    boolean same = from.charAt(i - 1) == to.charAt(j - 1);
    int least =
        Math.min(
            distances[i - 1][j - 1] + (same ? 0 : 1),
            1 + Math.min(distances[i - 1][j], distances[i][j - 1]));
    boolean swapped =
        i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1);
    return swapped ? Math.min(least, distances[i - 2][j - 2] + 1) : least;
  }
}
