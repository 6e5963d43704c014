package io.sqlassist.debugpanel;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides request by request who may see the panel. Knows no answer but yes and no: whoever is
 * refused sees what he would see if there were no panel. Each reason is logged once.
 */
final class Guard {

  static final String COOKIE = "sqlassist-panel";
  static final String TOKEN = "token";

  private static final Logger LOG = LoggerFactory.getLogger(DebugPanelPlugin.class);
  private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final Pattern HOST =
      Pattern.compile("(\\[[0-9a-f:.]+]|[a-z0-9_.-]+)(?::[0-9]{1,5})?");

  /** An address in digits, never a name such as {@code cafe}. */
  private static final Pattern ADDRESS =
      Pattern.compile(
          "[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[?[0-9a-fA-F]*:[0-9a-fA-F:.]*(%[0-9a-zA-Z]+)?]?");

  /** A proxy or a tunnel on this machine makes strangers look local; these give it away. */
  private static final List<String> FORWARDED =
      List.of("Forwarded", "X-Real-IP", "Via", "CF-Connecting-IP", "True-Client-IP");

  private final Set<String> hosts;
  private final boolean remote;
  private final boolean needsToken;
  private final String token;
  private final Set<String> logged = ConcurrentHashMap.newKeySet();

  Guard(DebugPanelConfig config) {
    Set<String> all = new HashSet<>(LOCAL);
    config.hosts.forEach(each -> all.add(each.toLowerCase(Locale.ROOT)));
    config.remoteHosts.forEach(each -> all.add(each.toLowerCase(Locale.ROOT)));
    hosts = Set.copyOf(all);
    remote = !config.remoteHosts.isEmpty();
    needsToken = remote || config.requireToken;
    token = newToken();
  }

  static String newToken() {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  boolean needsToken() {
    return needsToken;
  }

  String token() {
    return token;
  }

  /** Whether this request may get headers and the toolbar. Says nothing else about it. */
  boolean mayKnow(HttpServletRequest request) {
    return refusal(request).isEmpty();
  }

  /** Whether this request may see the panel itself. */
  boolean mayEnter(HttpServletRequest request) {
    Optional<String> refusal = refusal(request);
    if (refusal.isEmpty() && needsToken && !hasCookie(request)) {
      refusal = Optional.of("it has no token; open the address that was logged at start");
    }
    refusal.ifPresent(this::logOnce);
    return refusal.isEmpty();
  }

  /** Whether this request brings the token, to have it exchanged for a cookie. */
  boolean bringsToken(HttpServletRequest request, String offered) {
    return needsToken && refusal(request).isEmpty() && isToken(offered);
  }

  private void logOnce(String reason) {
    if (logged.size() < 50 && logged.add(reason)) {
      LOG.info("The debug panel is hidden from a request: {}", reason);
    }
  }

  private Optional<String> refusal(HttpServletRequest request) {
    if (!remote) {
      if (!isFromHere(request)) {
        return Optional.of(
            "it does not come from this machine; for other machines and Docker add the name under"
                + " which they reach it: cfg.remoteHosts.add(\"name\")");
      }
      Optional<String> forwarded = forwarded(request);
      if (forwarded.isPresent()) {
        return Optional.of(
            "it was forwarded (header "
                + forwarded.get()
                + "); for use through a proxy add the name in its Host header:"
                + " cfg.remoteHosts.add(\"name\")");
      }
    }
    List<String> host = Collections.list(request.getHeaders("Host"));
    if (host.size() != 1) {
      return Optional.of("it has " + host.size() + " Host headers; expected one");
    }
    String authority = host.get(0).toLowerCase(Locale.ROOT);
    Matcher matcher = HOST.matcher(authority);
    if (!matcher.matches() || !hosts.contains(matcher.group(1))) {
      return Optional.of(
          "its Host header is none of the allowed "
              + hosts
              + "; if this machine has another name, add it: cfg.hosts.add(\"name\")");
    }
    String site = request.getHeader("Sec-Fetch-Site");
    if (site != null && !site.equals("same-origin") && !site.equals("none")) {
      return Optional.of("another site made the browser send it (Sec-Fetch-Site)");
    }
    String origin = request.getHeader("Origin");
    if (origin != null && !isOwn(origin, request.getScheme(), authority)) {
      return Optional.of("it comes from another origin (Origin)");
    }
    return Optional.empty();
  }

  /** A proxy may end TLS, so that only the browser knows the scheme. */
  private boolean isOwn(String origin, String scheme, String authority) {
    return origin.equalsIgnoreCase(scheme + "://" + authority)
        || (remote && origin.equalsIgnoreCase("https://" + authority));
  }

  private static Optional<String> forwarded(HttpServletRequest request) {
    for (String name : Collections.list(request.getHeaderNames())) {
      if (name.regionMatches(true, 0, "X-Forwarded", 0, "X-Forwarded".length())
          || FORWARDED.stream().anyMatch(name::equalsIgnoreCase)) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }

  /**
   * By the connection's own other end. What the request says of itself is not asked, also where a
   * server was told to believe it.
   */
  private static boolean isFromHere(HttpServletRequest request) {
    ServletContextRequest jetty = ServletContextRequest.getServletContextRequest(request);
    if (jetty == null) {
      return isLoopback(request.getRemoteAddr());
    }
    return jetty.getConnectionMetaData().getConnection().getEndPoint().getRemoteSocketAddress()
            instanceof InetSocketAddress address
        && address.getAddress() != null
        && address.getAddress().isLoopbackAddress();
  }

  static boolean isLoopback(String address) {
    if (address == null || !ADDRESS.matcher(address).matches()) {
      return false; // a name: looking it up would ask somebody else
    }
    try {
      return InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private boolean hasCookie(HttpServletRequest request) {
    Cookie[] cookies = request.getCookies();
    if (cookies != null) {
      for (Cookie cookie : cookies) {
        if (cookie.getName().equals(COOKIE) && isToken(cookie.getValue())) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isToken(String offered) {
    return same(token, offered);
  }

  /** Takes as long for a wrong answer as for a nearly right one. */
  static boolean same(String secret, String offered) {
    return offered != null
        && MessageDigest.isEqual(
            secret.getBytes(StandardCharsets.UTF_8), offered.getBytes(StandardCharsets.UTF_8));
  }
}
