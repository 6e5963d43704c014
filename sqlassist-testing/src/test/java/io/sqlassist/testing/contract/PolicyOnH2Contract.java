package io.sqlassist.testing.contract;

import java.util.List;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import shop.Author;

/** The contract of a policy, over two engines on H2. */
abstract class PolicyOnH2Contract extends TransactionPolicyContract {

  /** Made by each class before its tests, with engines of the kind that its policy is for. */
  static Store store;

  @AfterAll
  static void stop() {
    store.close();
  }

  @BeforeEach
  void empty() {
    store.empty();
  }

  @Override
  protected Session openSession(String engine) {
    return store.open(engine);
  }

  @Override
  protected Object entity(String text) {
    return new Author(text);
  }

  @Override
  protected List<String> durable(String engine) {
    return store.durable(engine);
  }

  @Override
  protected int connectionsInUse(String engine) {
    return store.connectionsInUse(engine);
  }
}
