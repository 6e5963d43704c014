package io.sqlassist.engine;

import jakarta.persistence.Converter;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.MappedSuperclass;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Enumeration;
import java.util.List;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * Finds the mapped classes in and below a package, on the class path (folders and jars) and in
 * named modules.
 *
 * <p>A class is loaded only if its file holds the name of a mapping annotation, so that scanning an
 * application does not load it whole.
 */
final class EntityScanner {

  private static final List<Class<? extends Annotation>> MAPPING =
      List.of(Entity.class, Embeddable.class, MappedSuperclass.class, Converter.class);
  private static final List<byte[]> MAPPING_DESCRIPTORS =
      MAPPING.stream()
          .map(annotation -> annotation.descriptorString().getBytes(StandardCharsets.UTF_8))
          .toList();

  private final Class<?> anchor;
  private final ClassLoader loader;

  /**
   * Creates a scanner.
   *
   * @param anchor a class of the application: its module or class loader is searched
   */
  EntityScanner(Class<?> anchor) {
    this.anchor = anchor;
    ClassLoader ofAnchor = anchor.getClassLoader();
    this.loader = ofAnchor == null ? ClassLoader.getSystemClassLoader() : ofAnchor;
  }

  /** The mapped classes in and below the packages, in the order of their names. */
  List<Class<?>> scan(Collection<String> packages) {
    Collection<String> names = new TreeSet<>();
    try {
      for (String each : packages) {
        String folder = each.replace('.', '/');
        Module module = anchor.getModule();
        if (module.isNamed()) {
          scanModule(module, folder, names);
        } else {
          scanClassPath(folder, names);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(
          "The classes below " + packages + " could not be read. Declare them with entities(...).",
          e);
    }
    return names.stream().<Class<?>>map(this::load).filter(EntityScanner::isMapped).toList();
  }

  private static void scanModule(Module module, String folder, Collection<String> names)
      throws IOException {
    ModuleReference reference =
        module.getLayer().configuration().findModule(module.getName()).orElseThrow().reference();
    try (ModuleReader reader = reference.open();
        Stream<String> resources = reader.list()) {
      for (String resource : resources.filter(each -> isClassBelow(folder, each)).toList()) {
        try (InputStream in = reader.open(resource).orElseThrow()) {
          addIfMapped(resource, in, names);
        }
      }
    }
  }

  private void scanClassPath(String folder, Collection<String> names) throws IOException {
    Enumeration<URL> roots = loader.getResources(folder);
    while (roots.hasMoreElements()) {
      URL root = roots.nextElement();
      URLConnection connection = root.openConnection();
      if (connection instanceof JarURLConnection jar) {
        scanJar(jar, folder, names);
      } else {
        scanFolder(root, folder, names);
      }
    }
    // Not every jar has entries for its folders, by which the loop above would have found it.
    URL own = loader.getResource(anchor.getName().replace('.', '/') + ".class");
    if (own != null && own.openConnection() instanceof JarURLConnection jar) {
      scanJar(jar, folder, names);
    }
  }

  private static void scanJar(JarURLConnection connection, String folder, Collection<String> names)
      throws IOException {
    connection.setUseCaches(false);
    try (JarFile jar = connection.getJarFile()) {
      Enumeration<JarEntry> entries = jar.entries();
      while (entries.hasMoreElements()) {
        JarEntry entry = entries.nextElement();
        if (isClassBelow(folder, entry.getName())) {
          try (InputStream in = jar.getInputStream(entry)) {
            addIfMapped(entry.getName(), in, names);
          }
        }
      }
    }
  }

  private static void scanFolder(URL root, String folder, Collection<String> names)
      throws IOException {
    Path start;
    try {
      start = Path.of(URI.create(root.toString()));
    } catch (FileSystemNotFoundException e) {
      throw new IOException("No file system for " + root, e);
    }
    try (Stream<Path> files = Files.walk(start)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String resource = prefix(folder) + start.relativize(file).toString().replace('\\', '/');
        if (isClassBelow(folder, resource)) {
          try (InputStream in = Files.newInputStream(file)) {
            addIfMapped(resource, in, names);
          }
        }
      }
    }
  }

  /** A script in the unnamed package has everything below it. */
  private static String prefix(String folder) {
    return folder.isEmpty() ? "" : folder + "/";
  }

  private static boolean isClassBelow(String folder, String resource) {
    return resource.endsWith(".class")
        && resource.startsWith(prefix(folder))
        && !resource.endsWith("module-info.class")
        && !resource.endsWith("package-info.class");
  }

  private static void addIfMapped(String resource, InputStream in, Collection<String> names)
      throws IOException {
    byte[] file = in.readAllBytes();
    for (byte[] descriptor : MAPPING_DESCRIPTORS) {
      if (contains(file, descriptor)) {
        names.add(resource.substring(0, resource.length() - ".class".length()).replace('/', '.'));
        return;
      }
    }
  }

  private static boolean contains(byte[] file, byte[] part) {
    for (int i = 0; i <= file.length - part.length; i++) {
      int j = 0;
      while (j < part.length && file[i + j] == part[j]) {
        j++;
      }
      if (j == part.length) {
        return true;
      }
    }
    return false;
  }

  private Class<?> load(String name) {
    try {
      return Class.forName(name, false, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new IllegalStateException(
          "The mapped class "
              + name
              + " was found but can't be loaded. Declare the classes you need with entities(...).",
          e);
    }
  }

  private static boolean isMapped(Class<?> type) {
    return MAPPING.stream().anyMatch(type::isAnnotationPresent);
  }
}
