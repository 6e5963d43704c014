package io.sqlassist.docs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The plan that docs/architecture.md draws. */
@AnalyzeClasses(packages = "io.sqlassist", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitecturePageTest {

  @ArchTest
  static final ArchRule aRoomUsesTheRoomsBelowIt =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("top")
          .definedBy("io.sqlassist")
          .layer("javalin")
          .definedBy("io.sqlassist.javalin..")
          .layer("session")
          .definedBy("io.sqlassist.session..")
          .layer("engine")
          .definedBy("io.sqlassist.engine..")
          .layer("observe")
          .definedBy("io.sqlassist.observe..")
          .layer("transaction")
          .definedBy("io.sqlassist.transaction..")
          .layer("embedded")
          .definedBy("io.sqlassist.embedded..")
          .whereLayer("top")
          .mayOnlyBeAccessedByLayers("javalin")
          .whereLayer("javalin")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("session")
          .mayOnlyBeAccessedByLayers("top", "javalin")
          .whereLayer("engine")
          .mayOnlyBeAccessedByLayers("top", "javalin", "session")
          .whereLayer("observe")
          .mayOnlyBeAccessedByLayers("top", "javalin", "session", "engine")
          .whereLayer("embedded")
          .mayNotBeAccessedByAnyLayer();

  @ArchTest
  static final ArchRule noCircles =
      slices().matching("io.sqlassist.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule theCoreKnowsNoWebFramework =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.sqlassist.javalin..", "io.sqlassist.embedded..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.javalin..", "jakarta.servlet..", "org.eclipse.jetty..");

  @ArchTest
  static final ArchRule theDatabasesKnowNoOtherModule =
      noClasses()
          .that()
          .resideInAPackage("io.sqlassist.embedded..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.hibernate..", "io.javalin..");
}
