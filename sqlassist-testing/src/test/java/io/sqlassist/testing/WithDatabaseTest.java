package io.sqlassist.testing;

class WithDatabaseTest extends DatabaseScenarios {

  WithDatabaseTest() {
    super(First.class, Second.class, OfItsOwn.class);
  }

  @WithDatabase(name = "shop", product = DatabaseProduct.H2)
  static class First extends ThatTakesTheOnlyOne {}

  @WithDatabase(name = "shop", product = DatabaseProduct.H2)
  static class Second extends ThatTakesShopOfAll {}

  @WithDatabase(product = DatabaseProduct.H2, lifetime = WithDatabase.Lifetime.CLASS)
  static class OfItsOwn extends ThatTakesTheOnlyOne {}
}
