package recorded;

import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.observe.Observer;
import io.sqlassist.testing.contract.ObserverContract;
import io.sqlassist.trace.Recorder;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** The recorder keeps what every observer promises. */
class RecorderContractTest extends ObserverContract {

  /** A note. */
  @Entity
  static class Note {
    @Id private String text;

    Note() {}

    Note(String text) {
      this.text = text;
    }
  }

  @Override
  protected Observer observer() {
    return new Recorder();
  }

  @Override
  protected void initialize(EngineRegistry registry) {
    DatabaseHandle database = DatabaseKind.H2.fresh();
    registry
        .initializeEngine(
            "writer",
            engine ->
                engine
                    .url(database.jdbcUrl())
                    .username(database.username())
                    .password(database.password())
                    .entities(Note.class))
        .createTables();
  }

  @Override
  protected Object entity(String text) {
    return new Note(text);
  }
}
