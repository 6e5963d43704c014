package io.sqlassist.testing.contract;

import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import shop.Author;
import shop.Title;

/** An engine on an empty H2 database. */
final class OnH2 {

  private OnH2() {}

  static void initialize(EngineRegistry registry) {
    DatabaseHandle database = DatabaseKind.H2.fresh();
    registry
        .initializeEngine(
            EngineContract.WRITER,
            engine ->
                engine
                    .url(database.jdbcUrl())
                    .username(database.username())
                    .password(database.password())
                    .entities(Author.class, Title.class))
        .createTables();
  }
}
