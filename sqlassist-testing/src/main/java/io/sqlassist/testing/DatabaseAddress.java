package io.sqlassist.testing;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a database is, as the address of a JDBC connection says it. */
final class DatabaseAddress {

  private static final Pattern JDBC =
      Pattern.compile("jdbc:([a-z0-9+]+):(.*)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /** These are files, or nothing, where the address names no host. */
  private static final Set<String> EMBEDDED = Set.of("h2", "hsqldb", "derby", "sqlite", "duckdb");

  /** Drivers of these go to this machine where the address names no host. */
  private static final Set<String> LOCAL_BY_DEFAULT = Set.of("postgresql", "mariadb", "mysql");

  /** Hosts written as MariaDB, MySQL and Oracle know it: {@code address=(host=a)(port=1)}. */
  private static final Pattern IN_BRACKETS =
      Pattern.compile("\\(\\s*host\\s*=\\s*([^)]*)\\)", Pattern.CASE_INSENSITIVE);

  private static final Pattern HOST = Pattern.compile("(\\[[^]]*]|[^:\\\\]*).*", Pattern.DOTALL);

  /** Settings that lead elsewhere than the address says; the first one that is there is told. */
  private static final Pattern ELSEWHERE =
      Pattern.compile(
          "[?&;](PGHOST|serverName|service|cloudSqlInstance|socketFactory)=([^&;]*)",
          Pattern.CASE_INSENSITIVE);

  private DatabaseAddress() {}

  /**
   * The hosts that are not this machine; none: the database is in memory, in files, or on this
   * machine. Of an address that can't be read it is what kind of database it names. Never a text
   * with a user's name or password.
   */
  static Set<String> strangers(String url) {
    Matcher jdbc = JDBC.matcher(url);
    if (!jdbc.matches()) {
      return Set.of("unknown");
    }
    String kind = jdbc.group(1).toLowerCase(Locale.ROOT);
    String rest = jdbc.group(2);
    Set<String> hosts = new LinkedHashSet<>();
    addElsewhere(hosts, rest);
    int authority = rest.indexOf("//");
    int settings = indexOfSettings(rest);
    String place = rest.substring(0, settings);
    Matcher bracketed = IN_BRACKETS.matcher(rest);
    if (bracketed.find()) {
      do {
        hosts.add(bracketed.group(1).strip());
      } while (bracketed.find());
    } else if (authority >= 0 && authority < settings) {
      addHosts(hosts, place.substring(authority + 2).split("/", 2)[0]);
    } else if (place.contains("@") && !EMBEDDED.contains(kind)) {
      addHosts(hosts, place.substring(place.lastIndexOf('@')).split("/", 2)[0]);
    } else if (!EMBEDDED.contains(kind) && !LOCAL_BY_DEFAULT.contains(kind)) {
      hosts.add(kind);
    }
    hosts.removeIf(DatabaseAddress::isThisMachine);
    return hosts;
  }

  private static int indexOfSettings(String rest) {
    int end = rest.length();
    for (char begin : new char[] {'?', ';'}) {
      int at = rest.indexOf(begin);
      end = at < 0 ? end : Math.min(end, at);
    }
    return end;
  }

  private static void addElsewhere(Set<String> hosts, String rest) {
    Matcher elsewhere = ELSEWHERE.matcher(rest);
    while (elsewhere.find()) {
      addHosts(hosts, elsewhere.group(2));
    }
  }

  private static void addHosts(Set<String> hosts, String list) {
    for (String host : list.substring(list.lastIndexOf('@') + 1).split(",", -1)) {
      Matcher name = HOST.matcher(host.strip());
      hosts.add(name.matches() ? name.group(1) : host.strip());
    }
  }

  /** A name that is not known here counts as that of another machine. */
  private static boolean isThisMachine(String host) {
    if (host.isEmpty() || host.equalsIgnoreCase("localhost")) {
      return true;
    }
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (!address.isLoopbackAddress()) {
          return false;
        }
      }
      return true;
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
