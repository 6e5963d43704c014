package io.sqlassist.crac;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.observe.Observer;
import io.sqlassist.session.Units;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** An application with an engine that is asked for a checkpoint of its JVM. */
final class CheckpointedApplication {

  private static final Path OPEN_FILES = Path.of("/proc/self/fd");

  private CheckpointedApplication() {}

  public static void main(String[] arguments) throws Exception {
    long others = sockets();
    try (EngineRegistry registry = EngineRegistry.create(Observer.NONE)) {
      registry.initializeEngine(
          "writer",
          config ->
              config
                  .entities()
                  .url(arguments[0])
                  .username(arguments[1])
                  .password(System.getenv("DATABASE_PASSWORD"))
                  .pool(pool -> pool.setMinimumIdle(3)));
      System.out.println("answer before: " + answer(registry));
      System.out.println("sockets before: " + (sockets() - others > 0));
      Core.image = () -> System.out.println("sockets in the image: " + (sockets() - others));
      System.gc(); // what is registered must be held by somebody
      org.crac.Core.checkpointRestore();
      System.out.println("answer after: " + answer(registry));
    }
  }

  private static int answer(EngineRegistry registry) {
    return Units.<Integer, RuntimeException>inUnit(
        registry,
        db -> db.writer().createNativeQuery("select 6 * 7", Integer.class).getSingleResult());
  }

  /** TCP sockets of this process. (The JVM keeps a local one for itself.) */
  private static long sockets() {
    Set<String> tcp = new HashSet<>();
    try (Stream<Path> files = Files.list(OPEN_FILES)) {
      for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
        Path connections = Path.of(table);
        if (Files.exists(connections)) {
          Files.readAllLines(connections).stream()
              .skip(1)
              .forEach(line -> tcp.add("socket:[" + line.strip().split("\\s+")[9] + "]"));
        }
      }
      return files.filter(file -> tcp.contains(target(file))).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String target(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }
}
