package io.sqlassist.micrometer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "io.sqlassist.micrometer",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule theMetricsKnowCoreAndMicrometerOnly =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.sqlassist.engine..",
              "io.sqlassist.observe..",
              "io.sqlassist.transaction..",
              "io.sqlassist.micrometer..",
              "io.micrometer.core..",
              "org.jspecify..",
              "java..");
}
