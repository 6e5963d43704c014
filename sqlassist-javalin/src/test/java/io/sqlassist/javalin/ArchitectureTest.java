package io.sqlassist.javalin;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "io.sqlassist.javalin",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule thePluginKnowsCoreAndJavalinAndWhatTheyStandOn =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.sqlassist",
              "io.sqlassist.engine..",
              "io.sqlassist.session..",
              "io.sqlassist.transaction..",
              "io.sqlassist.javalin..",
              "io.javalin..",
              "jakarta.persistence..",
              "jakarta.servlet..",
              "org.eclipse.jetty.ee10.servlet..",
              "kotlin..",
              "org.jspecify..",
              "java..");

  @ArchTest
  static final ArchRule onlyOneClassKnowsJetty =
      noClasses()
          .that()
          .doNotHaveSimpleName("ServletState")
          .and()
          .doNotHaveSimpleName("RequestStages")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.eclipse.jetty..");
}
