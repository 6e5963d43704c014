package io.sqlassist.testing;

class WithDatabaseOnMariaDbIT extends DatabaseScenarios {

  WithDatabaseOnMariaDbIT() {
    super(First.class, Second.class, OfItsOwn.class);
  }

  @WithDatabase(name = "shop", product = DatabaseProduct.MARIADB)
  static class First extends ThatTakesTheOnlyOne {}

  @WithDatabase(name = "shop", product = DatabaseProduct.MARIADB)
  static class Second extends ThatTakesShopOfAll {}

  @WithDatabase(product = DatabaseProduct.MARIADB, lifetime = WithDatabase.Lifetime.CLASS)
  static class OfItsOwn extends ThatTakesTheOnlyOne {}
}
