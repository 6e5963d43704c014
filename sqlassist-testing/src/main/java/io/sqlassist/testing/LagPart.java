package io.sqlassist.testing;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/** Lets engines lag behind while a test runs. */
final class LagPart implements TestPart {

  private final SimulatedLag declared;
  private @Nullable ReplicaLag lag;

  LagPart(SimulatedLag declared) {
    this.declared = declared;
  }

  ReplicaLag lag() {
    ReplicaLag begun = lag;
    if (begun == null) {
      throw new IllegalStateException("The test has not begun.");
    }
    return begun;
  }

  @Override
  public void before(TestRun run) throws SQLException {
    if (run.settings().transactions() == Transactions.SHARED) {
      throw new ExtensionConfigurationException(
          "'"
              + run.name()
              + "' has both @SimulatedLag and a shared transaction, in which nothing is ever"
              + " committed that a replica could see. Use other transactions for this test:"
              + " @SqlAssistTest(transactions = ...).");
    }
    lag = ReplicaLag.begin(run.registry(), declared.value());
  }

  @Override
  public void after(TestRun run) throws SQLException {
    lag().close();
  }
}
