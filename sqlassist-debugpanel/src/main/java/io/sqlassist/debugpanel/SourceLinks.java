package io.sqlassist.debugpanel;

import io.sqlassist.trace.Frame;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Links from frames of call stacks into an editor, made of class names and of the configured source
 * folders only. The files are not read.
 */
final class SourceLinks {

  private final List<Path> roots;
  private final String editor;

  SourceLinks(List<Path> roots, String editor) {
    this.roots = roots.stream().map(each -> each.toAbsolutePath().normalize()).toList();
    this.editor = editor;
  }

  Optional<String> to(Frame frame) {
    String name = frame.file();
    if (name == null || !name.matches("[\\w$.-]+")) {
      return Optional.empty();
    }
    int dot = frame.className().lastIndexOf('.');
    String folder = dot < 0 ? "" : frame.className().substring(0, dot).replace('.', '/') + "/";
    for (Path root : roots) {
      Path file = root.resolve(folder + name).normalize();
      if (file.startsWith(root) && Files.isRegularFile(file)) {
        String path = URLEncoder.encode(file.toString().replace('\\', '/'), StandardCharsets.UTF_8);
        return Optional.of(
            editor
                .replace("{file}", path.replace("%2F", "/").replace("+", "%20"))
                .replace("{line}", String.valueOf(Math.max(1, frame.line()))));
      }
    }
    return Optional.empty();
  }
}
