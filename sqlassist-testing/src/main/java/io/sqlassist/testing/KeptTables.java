package io.sqlassist.testing;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The tables that are not emptied. */
final class KeptTables {

  /** Of Flyway, of Liquibase, and of the transaction log of {@code sqlassist-jta}. */
  private static final Pattern HISTORIES =
      Pattern.compile(
          "flyway_schema_history|databasechangelog(lock)?|jta_.*_(jbosststxtable|sqlassist)");

  private final Set<String> named = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
  private final Set<String> unseen = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
  private final Set<String> others = new TreeSet<>();

  KeptTables(Set<String> named) {
    this.named.addAll(named);
    this.unseen.addAll(named);
  }

  boolean isEmpty() {
    return named.isEmpty();
  }

  boolean contains(String table) {
    unseen.remove(table);
    if (named.contains(table) || HISTORIES.matcher(table.toLowerCase(Locale.ROOT)).matches()) {
      return true;
    }
    others.add(table);
    return false;
  }

  /**
   * A table that is not there is a name that is not right, and another one is emptied instead.
   *
   * @throws IllegalArgumentException if a name was not met
   */
  void refuseUnknown(String test) {
    if (!unseen.isEmpty()) {
      throw new IllegalArgumentException(
          "Test '"
              + test
              + "' keeps the tables "
              + unseen
              + ", which are not there. Its engines have "
              + others
              + ".");
    }
  }
}
