package io.sqlassist.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A server of books: how the sessions come to who answers. */
enum ServerArm {
  /** Javalin and Hibernate by hand. */
  HAND_WRITTEN,
  /** Javalin and SqlAssist. */
  SQLASSIST,
  /** With the plugin of the debug panel, in no development mode. */
  PANEL_OFF,
  /** With the debug panel, which records every request. */
  PANEL_ON,
  /** Spring Data JPA, {@code @Transactional}. */
  SPRING_BOOT("spring-boot-arm", "io.sqlassist.benchmarks.springboot.BookApplication"),
  /** {@code @UnitOfWork}. */
  DROPWIZARD("dropwizard-arm", "io.sqlassist.benchmarks.dropwizard.BookApplication");

  /** Of each pool, in each server. */
  static final int POOL = 10;

  /** What decides, of all that is on a class path. */
  private static final Pattern LIBRARY =
      Pattern.compile(
          "(javalin|spring-boot|spring-data-jpa|dropwizard-hibernate|tomcat-embed-core|jetty-server"
              + "|hibernate-core|HikariCP|postgresql|jackson-databind)-(\\d.*)\\.jar");

  private final @Nullable String module;
  private final String mainClass;

  ServerArm() {
    this(null, BookServer.class.getName());
  }

  /** A module of its own, with the class path of that module. */
  ServerArm(@Nullable String module, String mainClass) {
    this.module = module;
    this.mainClass = mainClass;
  }

  /** On platform threads, as JDK 17 has no others. */
  ServerProcess start(Databases databases) throws IOException {
    return start(databases, Jvm.current(), false);
  }

  /** Only for those of Javalin. */
  ServerProcess startOnVirtualThreads(Databases databases, Jvm jvm) throws IOException {
    return start(databases, jvm, true);
  }

  private ServerProcess start(Databases databases, Jvm jvm, boolean virtualThreads)
      throws IOException {
    List<String> flags = new ArrayList<>(databases.jvmArguments(List.of("postgresql")));
    if (this == PANEL_ON) {
      flags.add("-Dsqlassist.mode=dev");
    }
    List<String> arguments =
        module == null
            ? List.of(Integer.toString(POOL), name(), Boolean.toString(virtualThreads))
            : List.of(Integer.toString(POOL));
    return ServerProcess.start(
        jvm, flags, String.join(File.pathSeparator, classPath()), mainClass, arguments);
  }

  /** The directory of its module, if it has one of its own. */
  Optional<Path> module() {
    return Optional.ofNullable(module)
        .map(name -> Path.of(System.getProperty("benchmarks.directory", "."), name));
  }

  List<String> classPath() throws IOException {
    if (module().isEmpty()) {
      return List.of(System.getProperty("java.class.path").split(File.pathSeparator));
    }
    Path target = module().get().resolve("target");
    Path written = target.resolve("classpath");
    if (!Files.isReadable(written)) {
      throw new IOException(
          written + " is missing, since its module was not compiled. Run Maven with -am.");
    }
    List<String> entries = new ArrayList<>(List.of(target.resolve("classes").toString()));
    entries.addAll(List.of(Files.readString(written).strip().split(File.pathSeparator)));
    return entries;
  }

  /** With versions, in the order of their names. */
  List<String> libraries() throws IOException {
    return classPath().stream()
        .map(entry -> LIBRARY.matcher(Path.of(entry).getFileName().toString()))
        .filter(Matcher::matches)
        .map(library -> library.group(1) + " " + library.group(2))
        .sorted(String.CASE_INSENSITIVE_ORDER)
        .toList();
  }
}
