package io.sqlassist.testing;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class WithDatabaseTest extends DatabaseScenarios {

  @WithDatabase(name = "shop", product = DatabaseProduct.H2)
  static class First {
    @Test
    void usesIt(TestDatabase shop) throws SQLException {
      useIt(shop);
    }
  }

  @WithDatabase(name = "shop", product = DatabaseProduct.H2)
  static class Second {
    @Test
    void usesIt(TestDatabases all) throws SQLException {
      useIt(all.get("shop"));
    }
  }

  @WithDatabase(product = DatabaseProduct.H2, lifetime = WithDatabase.Lifetime.CLASS)
  static class OfItsOwn {
    @Test
    void usesIt(TestDatabase own) throws SQLException {
      useIt(own);
    }
  }

  @Override
  Class<?> first() {
    return First.class;
  }

  @Override
  Class<?> second() {
    return Second.class;
  }

  @Override
  Class<?> ofItsOwn() {
    return OfItsOwn.class;
  }
}
