/** A JUnit extension for tests of applications over several engines. */
module io.sqlassist.testing {
  requires transitive io.sqlassist.core;
  requires transitive org.junit.jupiter.api;
  requires static com.h2database;
  requires java.naming;
  requires org.junit.platform.commons;
  requires static transitive org.jspecify;

  exports io.sqlassist.testing;
  exports io.sqlassist.testing.contract;

  // JUnit calls their test methods.
  opens io.sqlassist.testing.contract to
      org.junit.platform.commons;
}
