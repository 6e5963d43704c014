package shop;

import io.sqlassist.session.DbSessionsContainer;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.Session;

/** An application's queries, the good one and the bad one. */
public final class Catalogue {

  private Catalogue() {}

  /** One query for each author, and one for them all. */
  public static List<String> oneByOne(DbSessionsContainer db) {
    List<String> lines = new ArrayList<>();
    for (Author author : authors(db.reader())) {
      author.titles().forEach(title -> lines.add(author.name() + ": " + title.text()));
    }
    return lines;
  }

  /** One query. */
  public static List<String> joined(DbSessionsContainer db) {
    List<String> lines = new ArrayList<>();
    db.reader()
        .createSelectionQuery("from Author a join fetch a.titles order by a.name", Author.class)
        .list()
        .forEach(
            author ->
                author.titles().forEach(title -> lines.add(author.name() + ": " + title.text())));
    return lines;
  }

  public static List<Author> authors(Session session) {
    return session.createSelectionQuery("from Author order by name", Author.class).list();
  }

  public static List<String> names(Session session) {
    return session
        .createSelectionQuery("select name from Author order by name", String.class)
        .list();
  }
}
