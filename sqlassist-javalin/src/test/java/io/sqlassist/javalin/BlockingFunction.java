package io.sqlassist.javalin;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.Session;

/** An H2 function that calls back into the test, so that a statement lasts as long as wanted. */
public final class BlockingFunction {

  private static final Map<String, Runnable> WORK = new ConcurrentHashMap<>();

  private BlockingFunction() {}

  /** Runs work inside of a statement of the session. */
  static void during(Session session, Runnable work) {
    String key = UUID.randomUUID().toString();
    WORK.put(key, work);
    session.doWork(
        connection -> {
          try (var statement = connection.createStatement()) {
            statement.execute(
                "create alias if not exists call_test for \""
                    + BlockingFunction.class.getName()
                    + ".call\"");
          }
        });
    session
        .createNativeQuery("select call_test(:key)", Integer.class)
        .setParameter("key", key)
        .getSingleResult();
  }

  /** Called by H2. */
  public static int call(String key) {
    Runnable work = WORK.remove(key);
    if (work != null) {
      work.run();
    }
    return 1;
  }
}
