package io.sqlassist.example;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.util.List;
import java.util.Locale;
import org.hibernate.Session;
import org.hibernate.query.SelectionQuery;

/**
 * {@code GET /books?q=&limit=&offset=}: the catalogue as a JSON array, by title. Each word of
 * {@code q} must be in the title or in the author's name.
 */
final class ListBooks implements Handler {

  static final int MAX_QUERY = 100;
  static final int MAX_OFFSET = 1_000_000;

  /** A book as clients see it: entities stay inside. */
  record Listed(long id, String title, String author, int priceCents, int stock) {
    static Listed of(Book book) {
      return new Listed(book.id(), book.title(), book.author(), book.priceCents(), book.stock());
    }
  }

  @Override
  public void handle(Context ctx) {
    String q = Input.text(ctx, "q", MAX_QUERY);
    int limit = Input.whole(ctx, "limit", 100, 1, 1_000);
    int offset = Input.whole(ctx, "offset", 0, 0, MAX_OFFSET);
    ctx.json(search(ShopSessions.of(ctx).reader(), q, limit, offset));
  }

  static List<Listed> search(Session reader, String q, int limit, int offset) {
    return matching(reader, q, "from Book b", " order by b.title, b.id", Book.class)
        .setFirstResult(offset)
        .setMaxResults(limit)
        .getResultList()
        .stream()
        .map(Listed::of)
        .toList();
  }

  static long count(Session reader, String q) {
    return matching(reader, q, "select count(*) from Book b", "", Long.class).getSingleResult();
  }

  private static <T> SelectionQuery<T> matching(
      Session reader, String q, String select, String orderBy, Class<T> type) {
    List<String> words = q.isEmpty() ? List.of() : List.of(q.split("\\s+"));
    StringBuilder hql = new StringBuilder(select);
    for (int i = 0; i < words.size(); i++) {
      hql.append(i == 0 ? " where " : " and ")
          .append("lower(b.title || ' ' || b.author) like :word" + i + " escape '!'");
    }
    SelectionQuery<T> query = reader.createSelectionQuery(hql.append(orderBy).toString(), type);
    for (int i = 0; i < words.size(); i++) {
      String literally = words.get(i).toLowerCase(Locale.ROOT).replaceAll("[!%_]", "!$0");
      query.setParameter("word" + i, "%" + literally + "%");
    }
    return query;
  }
}
