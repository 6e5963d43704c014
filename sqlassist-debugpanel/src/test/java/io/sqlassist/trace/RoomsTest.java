package io.sqlassist.trace;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The recorder knows the core, and no web. */
@AnalyzeClasses(
    packages = "io.sqlassist.trace",
    importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {

  @ArchTest
  static final ArchRule recorderKnowsOnlyTheCoreAndItsLibraries =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.sqlassist.trace..",
              "io.sqlassist.engine..",
              "io.sqlassist.observe..",
              "io.sqlassist.transaction..",
              "java..",
              "javax.sql..",
              "javax.transaction.xa..",
              "jakarta.persistence..",
              "org.hibernate..",
              "com.zaxxer.hikari..",
              "org.slf4j..",
              "org.jspecify..");

  @ArchTest
  static final ArchRule hikariIsNamedOnlyWhereItMayBeMissing =
      noClasses()
          .that()
          .doNotHaveSimpleName("HikariView")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.zaxxer..");
}
