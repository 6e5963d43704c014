package io.sqlassist.testing.contract;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.observe.Observer;
import io.sqlassist.testing.Instruments;
import shop.Author;

/** The observer of tests. */
class InstrumentsContractTest extends ObserverContract {

  @Override
  protected Observer observer() {
    return Instruments.on(EngineRegistry.create(Observer.NONE));
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
