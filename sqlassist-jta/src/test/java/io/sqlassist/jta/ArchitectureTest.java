package io.sqlassist.jta;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What this module may know. */
@AnalyzeClasses(packages = "io.sqlassist", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule coreKnowsNoTransactionManager =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.sqlassist.jta..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "com.arjuna..", "io.agroal..", "org.jboss.tm..", "jakarta.transaction..");

  @ArchTest
  static final ArchRule thisModuleKnowsNoWebFramework =
      noClasses()
          .that()
          .resideInAPackage("io.sqlassist.jta..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.javalin..", "io.sqlassist.javalin..", "jakarta.servlet..");
}
