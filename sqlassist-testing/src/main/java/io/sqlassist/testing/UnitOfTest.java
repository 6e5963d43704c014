package io.sqlassist.testing;

import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitOrigin;
import io.sqlassist.session.Units;

/** A unit of work that is current on the thread of a test. */
final class UnitOfTest implements TestPart {

  @Override
  public void before(TestRun run) {
    if (run.settings().unit() == TestUnit.NONE) {
      return;
    }
    UnitOrigin origin = () -> "test " + run.name();
    DbSessionsContainer db = new DbSessionsContainer(run.registry(), origin);
    Units.enter(db);
    run.unit(db);
  }

  @Override
  public void after(TestRun run) {
    DbSessionsContainer db = run.unit().orElse(null);
    if (db == null) {
      return;
    }
    try {
      if (run.settings().unit() == TestUnit.COMMIT && run.failure().isEmpty() && !db.isEnded()) {
        db.commitAndClose();
      }
    } finally {
      db.close();
      Units.leave(db);
    }
  }
}
