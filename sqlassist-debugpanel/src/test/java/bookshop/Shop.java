package bookshop;

import java.util.List;
import org.hibernate.Session;

/** What the application does; the line numbers of its methods show up in findings. */
public final class Shop {

  private Shop() {}

  public static void fill(Session session, int authors, int booksEach) {
    for (int i = 0; i < authors; i++) {
      Author author = new Author("author " + i);
      for (int j = 0; j < booksEach; j++) {
        author.wrote("book " + i + "." + j);
      }
      session.persist(author);
    }
  }

  public static int countBooks(Session session) {
    int count = 0;
    for (Author author : authors(session)) {
      count += author.books().size();
    }
    return count;
  }

  public static int countBooksAtOnce(Session session) {
    int count = 0;
    for (Author author :
        session
            .createSelectionQuery("from Author a left join fetch a.books", Author.class)
            .getResultList()) {
      count += author.books().size();
    }
    return count;
  }

  public static int lengthOfAuthorsNames(Session session) {
    int length = 0;
    for (Book book : session.createSelectionQuery("from Book", Book.class).getResultList()) {
      length += book.author().name().length();
    }
    return length;
  }

  public static List<Author> authors(Session session) {
    return session.createSelectionQuery("from Author order by id", Author.class).getResultList();
  }

  public static Author named(Session session, String name) {
    return session
        .createSelectionQuery("from Author where name = :name", Author.class)
        .setParameter("name", name)
        .getSingleResultOrNull();
  }

  public static void lookUpOneByOne(Session session, int authors) {
    for (int i = 0; i < authors; i++) {
      session
          .createSelectionQuery("select a.id from Author a where a.name = :name", Long.class)
          .setParameter("name", "author " + i)
          .getResultList();
    }
  }
}
