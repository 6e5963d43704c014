package shop;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sqlassist.SqlAssist;
import io.sqlassist.javalin.SqlAssistPlugin;
import io.sqlassist.micrometer.SqlAssistMetrics;
import io.sqlassist.testing.SqlAssistTest;
import java.util.List;
import shop.model.Book;

/** A named module: finds its entities and commits. */
public class Main {

  public static void main(String[] args) {
    MeterRegistry meters = new SimpleMeterRegistry();
    SqlAssistMetrics.measure(SqlAssist.registry(), meters);
    SqlAssist.initializeEngine(
        "writer",
        engine -> engine.url("jdbc:h2:mem:shop").property("hibernate.hbm2ddl.auto", "create"));
    SqlAssist.useUnit(db -> db.writer().persist(new Book("Emma")));
    long books =
        SqlAssist.inUnit(
            db ->
                db.writer()
                    .createSelectionQuery("select count(*) from Book", Long.class)
                    .getSingleResult());
    double commits = meters.get("sqlassist.commits").tag("engine", "writer").counter().count();
    SqlAssist.shutdown();
    if (books != 1 || commits < 1) {
      throw new IllegalStateException(books + " books, " + commits + " commits");
    }
    for (Class<?> type :
        List.of(SqlAssistPlugin.class, SqlAssistMetrics.class, SqlAssistTest.class)) {
      if (!type.getModule().isNamed()) {
        throw new IllegalStateException(type + " is in " + type.getModule());
      }
    }
    System.out.println("A consumer on the module path: fine");
  }
}
