package io.sqlassist.jta.crash;

import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.JtaShop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A process that commits once, tells what it has opened, and lives until its input ends. */
public final class HolderMain {

  private HolderMain() {}

  public static void main(String[] arguments) throws Exception {
    try (JtaShop shop = new JtaShop(Path.of(arguments[0])).withEngines()) {
      shop.useUnit(
          db -> {
            db.session("orders").persist(new Entry(1, "one"));
            db.session("ledger").persist(new Entry(1, "one"));
          });
      shop.jta().recoverNow();
      System.out.println("listening on " + listening() + " sockets");
      System.out.flush();
      while (System.in.read() >= 0) {
        // until the parent has seen enough
      }
    } catch (RuntimeException e) {
      System.out.println("refused: " + e.getMessage());
    }
    System.exit(0);
  }

  /** This process's sockets that wait for somebody to connect, as Linux tells them. */
  private static long listening() throws Exception {
    Set<String> waiting;
    try (Stream<String> lines =
        Stream.concat(
            Files.lines(Path.of("/proc/net/tcp")), Files.lines(Path.of("/proc/net/tcp6")))) {
      waiting =
          lines
              .map(line -> List.of(line.trim().split("\\s+")))
              .filter(fields -> fields.get(3).equals("0A"))
              .map(fields -> "socket:[" + fields.get(9) + "]")
              .collect(Collectors.toSet());
    }
    long count = 0;
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      for (Path each : open.toList()) {
        if (Files.isSymbolicLink(each)
            && waiting.contains(Files.readSymbolicLink(each).toString())) {
          count++;
        }
      }
    }
    return count;
  }
}
