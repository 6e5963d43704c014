package io.sqlassist.testing;

class WithDatabaseOnPostgresIT extends DatabaseScenarios {

  WithDatabaseOnPostgresIT() {
    super(First.class, Second.class, OfItsOwn.class);
  }

  @WithDatabase(name = "shop", product = DatabaseProduct.POSTGRESQL)
  static class First extends ThatTakesTheOnlyOne {}

  @WithDatabase(name = "shop", product = DatabaseProduct.POSTGRESQL)
  static class Second extends ThatTakesShopOfAll {}

  @WithDatabase(product = DatabaseProduct.POSTGRESQL, lifetime = WithDatabase.Lifetime.CLASS)
  static class OfItsOwn extends ThatTakesTheOnlyOne {}
}
