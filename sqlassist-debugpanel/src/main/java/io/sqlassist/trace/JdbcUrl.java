package io.sqlassist.trace;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What may be shown of a JDBC URL, and whether it leads to this machine. */
final class JdbcUrl {

  private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]", "::1");
  private static final Pattern USER_INFO = Pattern.compile("//[^/]*@");
  private static final Pattern ORACLE_USER = Pattern.compile(":[^:@/]*/.*@");

  /** Parameters that lead elsewhere than the host does. */
  private static final List<String> DETOURS =
      List.of("host=", "hostaddr", "socketfactory", "service=", "proxy", "pgport", "datasource");

  private JdbcUrl() {}

  /** The URL without its parameters and without a user: what is left can hold no password. */
  static String shown(String url) {
    int end = url.length();
    for (char sign : new char[] {'?', ';', '#'}) {
      int at = url.indexOf(sign);
      end = at >= 0 ? Math.min(end, at) : end;
    }
    String shown = url.substring(0, end);
    int lastAt = url.lastIndexOf('@');
    if (lastAt >= end) {
      // A password with such a sign in it: what follows the last @ is the host.
      shown = schemeOf(url) + "***";
    }
    shown = USER_INFO.matcher(shown).replaceFirst("//");
    return ORACLE_USER.matcher(shown).replaceFirst(":@");
  }

  private static String schemeOf(String url) {
    int second = url.indexOf(':', url.indexOf(':') + 1);
    return second < 0 ? "jdbc:" : url.substring(0, second + 1);
  }

  /** Empty if the database is in this process or on this machine; else the reason to doubt it. */
  static String whyNotLocal(String url) {
    String lower = url.toLowerCase(Locale.ROOT);
    for (String detour : DETOURS) {
      if (lower.indexOf(detour) > 0) {
        return "the URL has a parameter that may lead to another host";
      }
    }
    if (lower.startsWith("jdbc:h2:")) {
      return h2(lower.substring("jdbc:h2:".length()));
    }
    for (String scheme : List.of("jdbc:postgresql:", "jdbc:mariadb:", "jdbc:mysql:")) {
      if (lower.startsWith(scheme)) {
        return hosts(lower.substring(scheme.length()));
      }
    }
    return lower.startsWith("jdbc:sqlite:") ? "" : "the kind of database is not known";
  }

  private static String h2(String rest) {
    boolean remote = rest.startsWith("tcp:") || rest.startsWith("ssl:");
    return remote ? hosts(rest.substring(4)) : "";
  }

  private static String hosts(String rest) {
    if (!rest.startsWith("//")) {
      return rest.contains(":") || rest.contains("/") ? "the URL is of an unusual form" : "";
    }
    int end = rest.length();
    for (char sign : new char[] {'/', '?', ';'}) {
      int at = rest.indexOf(sign, 2);
      end = at >= 0 ? Math.min(end, at) : end;
    }
    for (String each : rest.substring(2, end).split(",", -1)) {
      String host = each.substring(each.lastIndexOf('@') + 1).replaceFirst(":\\d*$", "");
      if (!host.isEmpty() && !LOCAL.contains(host)) {
        return "the database host " + host + " is not local";
      }
    }
    return "";
  }
}
