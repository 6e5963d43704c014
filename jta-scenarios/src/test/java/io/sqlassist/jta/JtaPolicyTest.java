package io.sqlassist.jta;

import io.sqlassist.fixture.Novel;
import io.sqlassist.testing.contract.TransactionPolicyContract;
import io.sqlassist.transaction.TransactionPolicy;
import java.util.List;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class JtaPolicyTest extends TransactionPolicyContract {

  private static JtaTestEngines engines;

  @BeforeAll
  static void start() {
    engines = new JtaTestEngines();
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
    return engines.registry().engine(FIRST).policy();
  }

  @Override
  protected boolean hasTransactions() {
    return true;
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
