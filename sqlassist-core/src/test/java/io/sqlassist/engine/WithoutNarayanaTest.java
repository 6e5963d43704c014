package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.fixture.Book;
import io.sqlassist.fixture.H2;
import io.sqlassist.session.Units;
import org.junit.jupiter.api.Test;

/** An application without a transaction manager starts and works. */
class WithoutNarayanaTest {

  @Test
  void unitsOfWorkNeedNoTransactionManager() {
    assertThatThrownBy(() -> Class.forName("com.arjuna.ats.jta.TransactionManager"))
        .isInstanceOf(ClassNotFoundException.class);
    try (EngineRegistry registry = EngineRegistry.create()) {
      registry.initializeEngine(
          "writer",
          H2.dataSource(),
          config -> config.entities(Book.class).property("hibernate.hbm2ddl.auto", "create"));
      Units.useUnit(registry, db -> db.writer().persist(new Book(1, "Emma")));
      Units.useUnit(
          registry, db -> assertThat(db.writer().find(Book.class, 1L).title()).isEqualTo("Emma"));
    }
  }
}
