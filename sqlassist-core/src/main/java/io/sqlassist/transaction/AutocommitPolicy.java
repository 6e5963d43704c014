package io.sqlassist.transaction;

/** A class, not a method reference: the JVM may hand out the same object for the latter. */
final class AutocommitPolicy implements TransactionPolicy {

  @Override
  public UnitTransaction begin() {
    return new AutocommitTransaction();
  }
}
