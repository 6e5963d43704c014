package io.sqlassist.testing.contract;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.observe.LoggingObserver;
import io.sqlassist.observe.Observer;
import shop.Author;

/** The observer that logs. */
class LoggingObserverContractTest extends ObserverContract {

  @Override
  protected Observer observer() {
    return new LoggingObserver();
  }

  @Override
  protected void initialize(EngineRegistry registry) {
    OnH2.initialize(registry);
  }

  @Override
  protected Object entity(String text) {
    return new Author(text);
  }
}
