package io.sqlassist.transaction;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import java.util.List;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class AutocommitPolicyTest extends TransactionPolicyContract {

  private static TestEngines engines;

  private final TransactionPolicy policy = TransactionPolicy.autocommit();

  @BeforeAll
  static void start() {
    engines =
        TestEngines.none()
            .add(FIRST, DatabaseKind.H2.fresh(), EngineKind.AUTOCOMMIT)
            .add(SECOND, DatabaseKind.H2.fresh(), EngineKind.AUTOCOMMIT);
  }

  @AfterAll
  static void stop() {
    engines.close();
  }

  @BeforeEach
  void reset() {
    engines.reset();
  }

  @Override
  protected TransactionPolicy policy() {
    return policy;
  }

  @Override
  protected boolean hasTransactions() {
    return false;
  }

  @Override
  protected Session openSession(String engine) {
    return engines.registry().engine(engine).openSession();
  }

  @Override
  protected Object entity(String text) {
    return new Novel(text);
  }

  @Override
  protected List<String> durable(String engine) {
    return engines.isbns(engine);
  }

  @Override
  protected int connectionsInUse(String engine) {
    return engines.activeConnections(engine);
  }
}
