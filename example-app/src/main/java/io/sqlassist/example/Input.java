package io.sqlassist.example;

import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads the parameters of a request, and says what is wrong with them. */
final class Input {

  private Input() {}

  /** The {@code id} in the path. What can't be the number of a book is the number of no book. */
  static long bookId(Context ctx) {
    String id = ctx.pathParam("id");
    if (!id.matches("[1-9][0-9]{0,17}")) {
      throw noSuchBook(id);
    }
    return Long.parseLong(id);
  }

  static NotFoundResponse noSuchBook(Object id) {
    return new NotFoundResponse("There is no book " + id + ".");
  }

  /** A whole number of the query, or the default if it is not there. */
  static int whole(Context ctx, String name, int defaultValue, int min, int max) {
    String value = ctx.queryParam(name);
    return value == null ? defaultValue : Math.toIntExact(whole(name, value, min, max));
  }

  /** A book's number in the query, or null if it is not there. */
  static @Nullable Long optionalBookId(Context ctx) {
    String value = ctx.queryParam("bookId");
    return value == null ? null : whole("bookId", value, 1, 999_999_999_999_999_999L);
  }

  private static long whole(String name, String value, long min, long max) {
    if (value.matches("-?[0-9]{1,18}")) {
      long number = Long.parseLong(value);
      if (number >= min && number <= max) {
        return number;
      }
    }
    throw new BadInputException(name, wholeExpected(name, min, max));
  }

  static String wholeExpected(String name, long min, long max) {
    return name + " must be a whole number from " + min + " to " + max + ".";
  }

  /** Text of the query without the blanks around it, or "" if it is not there. */
  static String text(Context ctx, String name, int maxLength) {
    String value = ctx.queryParam(name);
    return value == null ? "" : text(name, value, maxLength);
  }

  /** Text that every database can store, without the blanks around it. */
  static String text(String name, String value, int maxLength) {
    String text = value.strip();
    if (text.length() > maxLength) {
      throw new BadInputException(
          name, name + " must not be longer than " + maxLength + " characters.");
    }
    boolean halfCharacters = !StandardCharsets.UTF_8.newEncoder().canEncode(text);
    if (halfCharacters || text.chars().anyMatch(Character::isISOControl)) {
      throw new BadInputException(name, name + " holds characters that are not text.");
    }
    return text;
  }
}
