package io.sqlassist.docs;

import io.sqlassist.session.DbSessionsContainer;
import org.hibernate.Session;

/** What docs/orm.md does with a row that may be there already, for any database. */
final class Upserts {

  private Upserts() {}

  static void byKey(DbSessionsContainer db, String isbn, int copies) {
    // tag::by-key[]
    db.on("writer").statelessSession().upsert(new Stock(isbn, copies));
    // end::by-key[]
  }

  static int add(Session writer, String isbn, int copies) {
    // tag::on-conflict[]
    return writer
        .createMutationQuery(
            """
            insert into Stock (isbn, copies) values (:isbn, :copies)
            on conflict (isbn) do update set copies = copies + excluded.copies""")
        .setParameter("isbn", isbn)
        .setParameter("copies", copies)
        .executeUpdate();
    // end::on-conflict[]
  }

  static int addUnlessThere(Session writer, String isbn, int copies) {
    // tag::on-conflict-nothing[]
    return writer
        .createMutationQuery(
            "insert into Stock (isbn, copies) values (:isbn, :copies) on conflict do nothing")
        .setParameter("isbn", isbn)
        .setParameter("copies", copies)
        .executeUpdate();
    // end::on-conflict-nothing[]
  }
}
