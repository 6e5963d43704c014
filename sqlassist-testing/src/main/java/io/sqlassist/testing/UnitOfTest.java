package io.sqlassist.testing;

import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitOrigin;
import io.sqlassist.session.Units;
import org.jspecify.annotations.Nullable;

/** A unit of work that is current on the thread of a test. */
final class UnitOfTest implements TestPart {

  /** Its transactions give way to those of the application, which the test calls and waits for. */
  private record Origin(String label) implements UnitOrigin {

    @Override
    public boolean yields() {
      return true;
    }
  }

  private @Nullable DbSessionsContainer currentBefore;
  private boolean hidesAnother;

  /** Whether the test has left a unit current on its thread that was begun inside of its own. */
  boolean hidesAnother() {
    return hidesAnother;
  }

  @Override
  public void before(TestRun run) {
    currentBefore = Units.findCurrent().orElse(null);
    String label = "test " + run.name();
    DbSessionsContainer db = run.settings().container().create(run.registry(), new Origin(label));
    Units.enter(db);
    run.unit(db, label);
  }

  @Override
  public void after(TestRun run) {
    DbSessionsContainer db = run.unit().orElseThrow();
    hidesAnother = Units.findCurrent().filter(current -> isAnother(current, db)).isPresent();
    try {
      if (run.settings().unit() == TestUnit.COMMIT
          && run.failure().isEmpty()
          && !db.isEnded()
          && !db.isDoomed()) {
        db.commitAndClose();
      }
    } finally {
      try {
        db.close();
      } finally {
        Units.leave(db); // and what is inside of it
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // one object is one unit
  private boolean isAnother(DbSessionsContainer current, DbSessionsContainer db) {
    return current != db && current != currentBefore;
  }
}
