package io.sqlassist.debugpanel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The scripts and the style of the pages, and the page that loads them. All are read once; their
 * address has a hash of them all, so that they may be cached for ever.
 */
final class Assets {

  static final List<String> NAMES =
      List.of(
          "api.js",
          "app.js",
          "dom.js",
          "engines.js",
          "entities.js",
          "findings.js",
          "panel.css",
          "pools.js",
          "request.js",
          "requests.js",
          "sql.js",
          "timeline.js",
          "toolbar.js");

  /**
   * One file.
   *
   * @param type its media type
   * @param content its bytes, not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Asset(String type, byte[] content) {}

  private final Map<String, Asset> files = new LinkedHashMap<>();
  private final String hash;
  private final String page;

  Assets() {
    MessageDigest digest = sha256();
    for (String name : NAMES) {
      byte[] content = lean(read("assets/" + name));
      digest.update(content);
      String type = name.endsWith(".css") ? "text/css" : "text/javascript";
      files.put(name, new Asset(type + "; charset=utf-8", content));
    }
    hash = HexFormat.of().formatHex(digest.digest()).substring(0, 16);
    page = new String(read("panel.html"), StandardCharsets.UTF_8);
  }

  /** Without comments and indentation, which are for who reads the sources. */
  private static byte[] lean(byte[] source) {
    return new String(source, StandardCharsets.UTF_8)
        .replaceAll("(?m)^[ \\t]+", "")
        .replaceAll("(?m)^//.*\n", "")
        .replaceAll("(?ms)^/\\*.*?\\*/\\s*?\n", "")
        .replaceAll("\n{2,}", "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  private static byte[] read(String name) {
    try (InputStream in = Assets.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("The jar of the debug panel is incomplete: no " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Folder of the files, below the panel's path. */
  String folder() {
    return "/assets/" + hash;
  }

  Optional<Asset> find(String folderAndName) {
    String prefix = hash + "/";
    return folderAndName.startsWith(prefix)
        ? Optional.ofNullable(files.get(folderAndName.substring(prefix.length())))
        : Optional.empty();
  }

  /**
   * The frame of all pages.
   *
   * @param base path of the panel, made of letters, digits and slashes only
   * @param token what state changes must show
   */
  String page(String base, String token) {
    return page.replace("{assets}", base + folder()).replace("{token}", token);
  }
}
