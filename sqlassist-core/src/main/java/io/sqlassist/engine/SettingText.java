package io.sqlassist.engine;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of one setting, and where it stands. What it can't be read as it says without naming
 * itself: the caller knows the key.
 *
 * @param origin for example {@code property 'sqlassist.engines.writer.url'}
 */
record SettingText(String origin, String value) {

  private static final Pattern AMOUNT = Pattern.compile("(\\d+)\\s*([a-zA-Z]*)");

  private static final Map<String, Duration> UNITS =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));

  /** Without the blanks around it, which editors and files leave behind. */
  SettingText stripped() {
    return new SettingText(origin, value.strip());
  }

  boolean asBoolean() {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw unreadable("expected true or false");
    };
  }

  /** One of the constants of a type, in small letters. */
  <E extends Enum<E>> E asConstant(Class<E> type) {
    List<String> expected = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      String name = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
      if (name.equals(value)) {
        return constant;
      }
      expected.add(name);
    }
    throw unreadable("expected one of " + String.join(", ", expected));
  }

  int asInt() {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw unreadable("expected a whole number");
    }
  }

  /**
   * A time with its unit. A bare number is refused: in HikariCP it would be milliseconds, in other
   * pools seconds, and nobody who reads the file could tell.
   */
  Duration asDuration() {
    if (value.startsWith("P") || value.startsWith("p")) {
      try {
        return Duration.parse(value);
      } catch (DateTimeParseException e) {
        throw unreadable("expected a time such as 30s, 500ms or PT30S");
      }
    }
    Matcher amount = AMOUNT.matcher(value);
    if (!amount.matches()) {
      throw unreadable("expected a time such as 30s, 500ms or PT30S");
    }
    if (amount.group(2).isEmpty()) {
      throw unreadable(
          "a time needs its unit, since a bare number means milliseconds to some and seconds to"
              + " others: write "
              + value
              + "ms, or "
              + value
              + "s");
    }
    Duration unit = UNITS.get(amount.group(2));
    if (unit == null) {
      throw unreadable("expected one of the units ms, s, m (minutes), h and d");
    }
    try {
      return unit.multipliedBy(Long.parseLong(amount.group(1)));
    } catch (NumberFormatException | ArithmeticException e) {
      throw unreadable("that is longer than a time can be");
    }
  }

  /** Parts between commas, without the blanks around them. */
  List<String> asList() {
    List<String> parts = new ArrayList<>();
    for (String part : value.split(",", -1)) {
      if (part.isBlank()) {
        throw unreadable("there is nothing between two commas, or beside one");
      }
      parts.add(part.strip());
    }
    return parts;
  }

  /** Classes by name, none of them initialised. */
  Class<?>[] asClasses() {
    List<Class<?>> classes = new ArrayList<>();
    for (String name : asList()) {
      classes.add(load(name));
    }
    return classes.toArray(Class<?>[]::new);
  }

  private Class<?> load(String name) {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    try {
      return Class.forName(
          name, false, context == null ? SettingText.class.getClassLoader() : context);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new IllegalArgumentException(
          "there is no class '"
              + Secrets.mask(name, null)
              + "'. Give full names, with the package, and $ before the name of a nested class",
          e);
    }
  }

  IllegalArgumentException unreadable(String why) {
    return new IllegalArgumentException("is '" + Secrets.mask(value, null) + "': " + why);
  }

  /** Without the value, which may be a secret. */
  @Override
  public String toString() {
    return origin;
  }
}
