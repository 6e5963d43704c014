package io.sqlassist.debugpanel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an application's content security policies say to a script from the same origin. They are
 * read, never changed.
 *
 * @param allowed whether the script would run
 * @param nonce the nonce that it needs for that, empty if none
 */
record ContentSecurity(boolean allowed, String nonce) {

  private static final ContentSecurity ALLOWED = new ContentSecurity(true, "");
  private static final ContentSecurity BLOCKED = new ContentSecurity(false, "");

  /**
   * Reads the headers. Every policy must agree.
   *
   * @param headers values of {@code Content-Security-Policy}
   * @param origin scheme, host and port of the page
   */
  static ContentSecurity of(Collection<String> headers, String origin) {
    String nonce = "";
    for (String header : headers) {
      for (String policy : header.split(",", -1)) {
        ContentSecurity one = ofPolicy(policy, origin);
        if (!one.allowed
            || (!nonce.isEmpty() && !one.nonce.isEmpty() && !nonce.equals(one.nonce))) {
          return BLOCKED;
        }
        nonce = one.nonce.isEmpty() ? nonce : one.nonce;
      }
    }
    return nonce.isEmpty() ? ALLOWED : new ContentSecurity(true, nonce);
  }

  private static ContentSecurity ofPolicy(String policy, String origin) {
    List<String> sources = scriptSources(policy);
    if (sources == null) {
      return ALLOWED;
    }
    Optional<String> nonce =
        sources.stream()
            .filter(each -> each.regionMatches(true, 0, "'nonce-", 0, 7) && each.endsWith("'"))
            .map(each -> each.substring(7, each.length() - 1))
            .filter(each -> each.matches("[A-Za-z0-9+/_=-]+"))
            .findFirst();
    List<String> lower = sources.stream().map(each -> each.toLowerCase(Locale.ROOT)).toList();
    boolean strict = lower.contains("'strict-dynamic'");
    boolean byPlace =
        !strict
            && lower.stream()
                .anyMatch(
                    each ->
                        each.equals("'self'")
                            || each.equals("*")
                            || each.equals(origin)
                            || each.equals(origin.replaceFirst(":.*", ":"))
                            || each.equals(origin.replaceFirst("^https?://", "")));
    if (byPlace) {
      return ALLOWED;
    }
    return nonce.map(each -> new ContentSecurity(true, each)).orElse(BLOCKED);
  }

  /** Null if the policy says nothing about scripts. */
  private static @Nullable List<String> scriptSources(String policy) {
    Map<String, List<String>> directives = new HashMap<>();
    for (String directive : policy.split(";", -1)) {
      List<String> words = new ArrayList<>(Arrays.asList(directive.strip().split("\\s+")));
      directives.putIfAbsent(words.remove(0).toLowerCase(Locale.ROOT), words);
    }
    for (String name : List.of("script-src-elem", "script-src", "default-src")) {
      if (directives.containsKey(name)) {
        return directives.get(name);
      }
    }
    return null;
  }
}
