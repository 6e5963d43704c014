package io.sqlassist.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "io.sqlassist.testing",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule theExtensionKnowsCoreHibernateAndJUnitOnly =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.sqlassist",
              "io.sqlassist.engine..",
              "io.sqlassist.observe..",
              "io.sqlassist.schema..",
              "io.sqlassist.session..",
              "io.sqlassist.shard..",
              "io.sqlassist.transaction..",
              "io.sqlassist.testing..",
              "org.h2.jdbcx..", // where it is there
              "jakarta.persistence..",
              "org.hibernate..",
              "org.junit.jupiter.api..",
              "org.junit.platform.commons.support..",
              "org.jspecify..",
              "java..",
              "javax.sql..",
              "javax.transaction.xa..");
}
