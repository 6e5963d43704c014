package io.sqlassist.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.sqlassist.SqlAssist;
import io.sqlassist.engine.TransientFailureException;
import java.lang.reflect.Proxy;
import java.util.Set;

/** The floor plan of the core, as the build holds it. */
@AnalyzeClasses(
    packagesOf = SqlAssist.class,
    importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.OnlyTheCore.class})
class ArchitectureTest {

  /** Other modules of this build are on the test's class path, too. */
  static final class OnlyTheCore implements ImportOption {
    @Override
    public boolean includes(com.tngtech.archunit.core.importer.Location location) {
      return !location.contains("/embedded/");
    }
  }

  @ArchTest
  static final ArchRule packagesAreFreeOfCycles =
      slices().matching("io.sqlassist.(**)").should().beFreeOfCycles();

  /** The list of docs/native-and-crac.md. */
  @ArchTest
  static final ArchRule whatANativeImageHasToKnowOfIsOnItsPage =
      noClasses()
          .that(
              DescribedPredicate.not(
                  belongTo(
                      "engine.EntityScanner",
                      "engine.SettingText",
                      "engine.HikariPools",
                      "engine.HibernateKeys",
                      "engine.PoolKeys",
                      "engine.Checkpoints",
                      "engine.Migrations",
                      "engine.LentConnection",
                      "engine.SerialJdbc",
                      "schema.NamedConstraints",
                      "session.SavepointBlock",
                      "session.PieceThreads",
                      "session.RepositoryPlan")))
          .should()
          .callMethodWhere(target(owner(type(Proxy.class))).and(target(name("newProxyInstance"))))
          .orShould()
          .callMethodWhere(target(owner(type(Class.class))).and(target(name("forName"))))
          .orShould()
          .callMethodWhere(
              target(owner(type(Class.class)))
                  .and(target(nameMatching("get(Declared)?(Method|Field|Constructor)s?"))))
          .orShould()
          .callMethodWhere(target(name("setAccessible")));

  private static DescribedPredicate<JavaClass> belongTo(String... names) {
    Set<String> known = Set.of(names);
    return DescribedPredicate.describe(
        "belong to " + known,
        type ->
            known.contains(type.getName().replace("io.sqlassist.", "").replaceAll("\\$.*", "")));
  }

  @ArchTest
  static final ArchRule eachRoomKnowsOnlyTheRoomsBelow =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("io.sqlassist..")
          .layer("transaction")
          .definedBy("io.sqlassist.transaction..")
          .layer("observe")
          .definedBy("io.sqlassist.observe..")
          .layer("engine")
          .definedBy("io.sqlassist.engine..")
          .layer("session")
          .definedBy("io.sqlassist.session..")
          .layer("schema")
          .definedBy("io.sqlassist.schema..")
          .layer("find")
          .definedBy("io.sqlassist.find..")
          .layer("shard")
          .definedBy("io.sqlassist.shard..")
          .layer("facade")
          .definedBy("io.sqlassist")
          .whereLayer("transaction")
          .mayNotAccessAnyLayer()
          .whereLayer("schema")
          .mayNotAccessAnyLayer()
          .whereLayer("find")
          .mayNotAccessAnyLayer()
          .whereLayer("observe")
          .mayOnlyAccessLayers("transaction")
          .whereLayer("engine")
          .mayOnlyAccessLayers("observe", "schema", "transaction")
          .whereLayer("session")
          .mayOnlyAccessLayers("engine", "observe", "transaction")
          .whereLayer("shard")
          .mayOnlyAccessLayers("session", "engine", "find")
          .whereLayer("facade")
          .mayNotBeAccessedByAnyLayer()
          .ensureAllClassesAreContainedInArchitecture();

  @ArchTest
  static final ArchRule coreKnowsOnlyItsLibraries =
      classes()
          .should()
          .onlyDependOnClassesThat(
              resideInAPackage("io.sqlassist..")
                  .or(resideInAPackage("java.."))
                  .or(resideInAPackage("javax.sql.."))
                  .or(resideInAPackage("jakarta.persistence.."))
                  .or(resideInAPackage("org.hibernate.."))
                  .or(resideInAPackage("com.zaxxer.hikari.."))
                  .or(resideInAPackage("org.crac.."))
                  .or(resideInAPackage("org.slf4j.."))
                  .or(resideInAPackage("org.jspecify.."))
                  .as("live in the core, the JDK or one of the core's libraries"));

  @ArchTest
  static final ArchRule hikariIsNamedOnlyWhereItMayBeMissing =
      noClasses()
          .that()
          .haveNameNotMatching(
              "io\\.sqlassist\\.engine\\.(HikariPools(\\$.*)?|PoolKeys|PoolLimits|EngineConfig)")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.zaxxer..");

  @ArchTest
  static final ArchRule cracIsNamedOnlyWhereItMayBeMissing =
      noClasses()
          .that()
          .haveNameNotMatching("io\\.sqlassist\\.engine\\.Checkpoints(\\$.*)?")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.crac..");

  @ArchTest
  static final ArchRule topPackageHoldsOnlyTheShortWayIn =
      classes()
          .that()
          .resideInAPackage("io.sqlassist")
          .and()
          .doNotHaveSimpleName("package-info")
          .should()
          .be(SqlAssist.class);

  @ArchTest
  static final ArchRule nobodyImportsTheShortWayIn =
      noClasses()
          .should()
          .dependOnClassesThat()
          .areAssignableTo(SqlAssist.class)
          .because("it is the roof");

  @ArchTest
  static final ArchRule packagesAreNamedAfterLifeSpans =
      noClasses()
          .should()
          .resideInAnyPackage(
              "..internal..",
              "..impl..",
              "..util..",
              "..utils..",
              "..exception..",
              "..exceptions..",
              "..common..",
              "..helper..");

  private static final Set<String> BLAME =
      Set.of(
          IllegalArgumentException.class.getName(),
          IllegalStateException.class.getName(),
          UnsupportedOperationException.class.getName(),
          RuntimeException.class.getName(),
          // The world's, for a while.
          TransientFailureException.class.getName());

  @ArchTest
  static final ArchRule exceptionSaysWhoseFaultItIs =
      classes()
          .that()
          .areAssignableTo(Throwable.class)
          .should(
              new ArchCondition<JavaClass>("extend the JDK type that says whose fault it is") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                  String parent = type.getRawSuperclass().orElseThrow().getName();
                  events.add(
                      new SimpleConditionEvent(
                          type, BLAME.contains(parent), type.getName() + " extends " + parent));
                }
              })
          .andShould()
          .bePublic()
          .andShould()
          .haveSimpleNameEndingWith("Exception");

  @ArchTest
  static final ArchRule onlyTheObserversLog =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.sqlassist.observe..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.slf4j..");

  @ArchTest
  static final ArchRule nobodyWritesToTheStandardStreams =
      NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

  @ArchTest
  static final ArchRule nobodyUsesTheLoggingOfTheJdk =
      noClasses().should().dependOnClassesThat().resideInAnyPackage("java.util.logging..");

  @ArchTest
  static final ArchRule nothingStaticChangesButTheSharedRegistry =
      fields()
          .that()
          .areStatic()
          .and()
          .areNotFinal()
          .should()
          .beDeclaredIn(SqlAssist.class)
          .andShould()
          .haveName("registry");

  @ArchTest
  static final ArchRule fieldsAreNotPublic = noFields().that().areNotStatic().should().bePublic();

  @ArchTest
  static final ArchRule observersAndPoliciesSpeakOfNamesNotOfEngines =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.sqlassist.observe..", "io.sqlassist.schema..", "io.sqlassist.transaction..")
          .should()
          .dependOnClassesThat(are(inRooms("io.sqlassist.engine..", "io.sqlassist.session..")));

  private static DescribedPredicate<JavaClass> inRooms(String... packages) {
    DescribedPredicate<JavaClass> any = DescribedPredicate.not(alwaysTrue());
    for (String each : packages) {
      any = any.or(resideInAPackage(each));
    }
    return any;
  }
}
