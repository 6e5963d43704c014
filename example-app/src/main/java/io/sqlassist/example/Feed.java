package io.sqlassist.example;

import io.javalin.http.Context;
import java.util.List;
import org.hibernate.Session;
import org.hibernate.query.SelectionQuery;
import org.jspecify.annotations.Nullable;

/**
 * What the three feeds have in common: {@code ?bookId=} and {@code ?limit=} (default 100, at most
 * 1,000), newest first.
 */
record Feed(@Nullable Long bookId, int limit) {

  static Feed of(Context ctx) {
    return new Feed(Input.optionalBookId(ctx), Input.whole(ctx, "limit", 100, 1, 1_000));
  }

  /**
   * Reads the rows.
   *
   * @param entity has an attribute {@code bookId}
   * @param key the attribute that grows with time
   */
  <T> List<T> read(Session session, Class<T> entity, String key) {
    String where = bookId == null ? "" : " where bookId = :bookId";
    SelectionQuery<T> query =
        session
            .createSelectionQuery(
                "from " + entity.getSimpleName() + where + " order by " + key + " desc", entity)
            .setMaxResults(limit);
    if (bookId != null) {
      query.setParameter("bookId", bookId);
    }
    return query.getResultList();
  }
}
