package shop;

import io.sqlassist.SqlAssist;
import io.sqlassist.javalin.SqlAssistPlugin;
import shop.model.Book;

/** A named module: finds its entities and commits. */
public class Main {

  public static void main(String[] args) {
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
    SqlAssist.shutdown();
    if (books != 1 || !SqlAssistPlugin.class.getModule().isNamed()) {
      throw new IllegalStateException(books + " books, " + SqlAssistPlugin.class.getModule());
    }
    System.out.println("A consumer on the module path: fine");
  }
}
