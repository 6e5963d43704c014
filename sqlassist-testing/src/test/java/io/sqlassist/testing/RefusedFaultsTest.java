package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.UnknownEngineException;
import org.junit.jupiter.api.Test;
import shop.Author;
import shop.Title;

/** What can't fail, and says why. */
class RefusedFaultsTest {

  private final Library library = Libraries.shared(DatabaseKind.H2);
  private final Faults faults = library.instruments().faults();

  @Test
  void anUnknownEngineListsTheKnownOnes() {
    assertThatThrownBy(() -> faults.failCommit("wirter"))
        .isInstanceOf(UnknownEngineException.class)
        .hasMessageContaining("writer");
    assertThatThrownBy(() -> faults.failAcquisition("wirter"))
        .isInstanceOf(UnknownEngineException.class);
  }

  @Test
  void enginesWithoutCommitsHaveNoneThatFails() {
    assertThatThrownBy(() -> faults.failCommit("reader"))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("'reader' has no commits: it is read-only")
        .hasMessageContaining("failAcquisition(\"reader\")");
    assertThatThrownBy(() -> faults.failCommit("logger"))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("autocommit");
  }

  @Test
  void whatIsNoSqlStateIsRefused() {
    assertThatThrownBy(() -> faults.failCommit("writer", fault -> fault.sqlState("4001")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4001");
    assertThatThrownBy(() -> faults.failCommit("writer", fault -> fault.times(0)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aConnectionDoesNotFailAfterACommit() {
    assertThatThrownBy(() -> faults.failAcquisition("writer", FaultConfig::afterCommit))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anEngineThatWasThereBeforeTheInstrumentsIsRefusedWithTheCure() {
    DatabaseHandle database = DatabaseKind.H2.fresh();
    try (EngineRegistry late = EngineRegistry.create()) {
      late.initializeEngine(
          "writer",
          engine ->
              engine
                  .url(database.jdbcUrl())
                  .username(database.username())
                  .password(database.password())
                  .entities(Author.class, Title.class));
      Instruments instruments = Instruments.on(late);

      assertThatThrownBy(() -> instruments.faults().failCommit("writer"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("initialised before")
          .hasMessageContaining("Instruments.on(registry)");
      assertThatThrownBy(() -> instruments.record().assertAtMost("writer", 1))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> instruments.record().assertAtMost(1))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> instruments.record().assertNoNPlusOne())
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
