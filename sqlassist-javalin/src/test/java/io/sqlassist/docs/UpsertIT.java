package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.SqlAssist;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The upserts of docs/orm.md, on each database. */
class UpsertIT {

  @AfterEach
  void closeShop() {
    Shop.close();
  }

  private static void start(DatabaseKind kind) {
    DatabaseHandle database = kind.fresh();
    SqlAssist.initializeEngine(
        "writer",
        database.dataSource(),
        engine -> engine.entities(Stock.class).property("hibernate.hbm2ddl.auto", "create"));
  }

  private static int copies() {
    return SqlAssist.inUnit(db -> db.writer().find(Stock.class, "1")).copies();
  }

  @ParameterizedTest
  @EnumSource(DatabaseKind.class)
  void byKeyItReplacesTheRow(DatabaseKind kind) {
    start(kind);

    SqlAssist.useUnit(db -> Upserts.byKey(db, "1", 3));
    SqlAssist.useUnit(db -> Upserts.byKey(db, "1", 5));

    assertThat(copies()).isEqualTo(5);
  }

  @ParameterizedTest
  @EnumSource(DatabaseKind.class)
  void onConflictItAddsToTheRow(DatabaseKind kind) {
    start(kind);

    SqlAssist.useUnit(db -> Upserts.add(db.writer(), "1", 3));
    SqlAssist.useUnit(db -> Upserts.add(db.writer(), "1", 5));

    assertThat(copies()).isEqualTo(8);
  }

  @ParameterizedTest
  @EnumSource(DatabaseKind.class)
  void onConflictItLeavesTheRowAlone(DatabaseKind kind) {
    start(kind);

    SqlAssist.useUnit(db -> Upserts.addUnlessThere(db.writer(), "1", 3));
    SqlAssist.useUnit(db -> Upserts.addUnlessThere(db.writer(), "1", 5));

    assertThat(copies()).isEqualTo(3);
  }
}
