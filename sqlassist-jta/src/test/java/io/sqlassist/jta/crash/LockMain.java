package io.sqlassist.jta.crash;

import io.sqlassist.jta.JtaCoordinator;
import java.io.PrintWriter;
import java.lang.reflect.Proxy;
import java.sql.DriverManager;
import javax.sql.DataSource;

/** A coordinator with its log in a database, which lives until its input ends. */
public final class LockMain {

  private LockMain() {}

  public static void main(String[] arguments) throws Exception {
    DataSource database =
        (DataSource)
            Proxy.newProxyInstance(
                LockMain.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, none) -> {
                  if (method.getName().equals("getConnection")) {
                    return DriverManager.getConnection(arguments[1], arguments[2], arguments[3]);
                  }
                  return method.getReturnType() == PrintWriter.class ? null : method.getName();
                });
    try (JtaCoordinator jta =
        JtaCoordinator.start(
            cfg -> {
              cfg.nodeId = arguments[0];
              cfg.jdbcStore = database;
            })) {
      System.out.println("started " + jta.recovery().isEmpty());
      System.out.flush();
      while (System.in.read() >= 0) {
        // until the parent has seen enough
      }
    } catch (RuntimeException e) {
      System.out.println("refused: " + e.getMessage());
    }
    System.exit(0);
  }
}
