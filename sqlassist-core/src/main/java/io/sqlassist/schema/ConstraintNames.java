package io.sqlassist.schema;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The convention that SQLAlchemy's migrations made common. Each name is a function of the tables
 * and columns alone, and names all columns of a key: with the first one only, as SQLAlchemy's
 * default has it, two keys that begin alike would have one name.
 */
final class ConstraintNames {

  /** For dialects that know no limit: below that of every database Hibernate speaks to by far. */
  private static final int LONGEST = 128;

  private static final int HASH_LENGTH = 8;

  private final int longest;

  /**
   * Creates the convention for a database.
   *
   * @param longest how many bytes a name may have there
   */
  ConstraintNames(int longest) {
    this.longest = Math.min(longest, LONGEST);
  }

  String primaryKey(String table) {
    return fit("pk_" + table);
  }

  String unique(String table, List<String> columns) {
    return fit("uq_" + table + "_" + String.join("_", columns));
  }

  String index(String table, List<String> columns) {
    return fit("ix_" + table + "_" + String.join("_", columns));
  }

  String foreignKey(String table, List<String> columns, String referenced) {
    return fit("fk_" + table + "_" + String.join("_", columns) + "_" + referenced);
  }

  String check(String table, String constraint) {
    return fit("ck_" + table + "_" + constraint);
  }

  /** What stands for a condition that has no name. */
  static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, HASH_LENGTH);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JVM has SHA-256", e);
    }
  }

  /** A name that is too long keeps its beginning, and ends in a hash of the whole. */
  private String fit(String name) {
    if (length(name) <= longest) {
      return name;
    }
    int end = name.length();
    while (length(name.substring(0, end)) > longest - HASH_LENGTH - 1) {
      end = name.offsetByCodePoints(end, -1);
    }
    return name.substring(0, end) + "_" + hash(name);
  }

  /** PostgreSQL counts bytes, MariaDB characters: what fits in bytes fits in both. */
  private static int length(String name) {
    return name.getBytes(StandardCharsets.UTF_8).length;
  }
}
