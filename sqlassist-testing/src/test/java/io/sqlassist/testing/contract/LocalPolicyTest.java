package io.sqlassist.testing.contract;

import io.sqlassist.transaction.TransactionPolicy;
import java.util.List;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import shop.Author;

class LocalPolicyTest extends TransactionPolicyContract {

  private static Store store;

  private final TransactionPolicy policy = TransactionPolicy.local();

  @BeforeAll
  static void start() {
    store = new Store(engine -> {});
  }

  @AfterAll
  static void stop() {
    store.close();
  }

  @BeforeEach
  void empty() {
    store.empty();
  }

  @Override
  protected TransactionPolicy policy() {
    return policy;
  }

  @Override
  protected boolean hasTransactions() {
    return true;
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
