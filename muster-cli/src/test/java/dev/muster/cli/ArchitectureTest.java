package dev.muster.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The picture of ARCHITECTURE.md, held against the byte code. */
@AnalyzeClasses(packages = "dev.muster", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String[] ENGINES = {
        "dev.muster.store.memory..",
        "dev.muster.store.simulation..",
        "dev.muster.store.file..",
        "dev.muster.store.ipc..",
        "dev.muster.store.zookeeper..",
        "dev.muster.store.redis..",
        "dev.muster.store.sql..",
        "dev.muster.store.postgresql..",
        "dev.muster.host.."
    };

    @ArchTest
    static final ArchRule theStoreKnowsNothingAboveIt = noClasses()
            .that()
            .resideInAPackage("dev.muster.store..")
            .and()
            .resideOutsideOfPackage("dev.muster.store.testkit..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.muster.coordination..", "dev.muster.cli..", "dev.muster.store.testkit..");

    @ArchTest
    static final ArchRule aRecipeKnowsNoEngine = noClasses()
            .that()
            .resideInAPackage("dev.muster.coordination..")
            .and()
            .resideOutsideOfPackage("dev.muster.coordination.testkit..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ENGINES);

    @ArchTest
    static final ArchRule theContractKnowsNoEngine = noClasses()
            .that()
            .resideInAnyPackage("dev.muster.store", "dev.muster.store.spi")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ENGINES);

    @ArchTest
    static final ArchRule recipesDoNotGoInCircles =
            slices().matching("dev.muster.coordination.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule whatRecipesShareIsTheirs = classes()
            .that()
            .resideInAPackage("dev.muster.coordination.internal..")
            .should()
            .onlyBeAccessed()
            .byAnyPackage("dev.muster.coordination..");

    @ArchTest
    static final ArchRule jsonAndHashingStayBehindTheApi = noMethods()
            .that()
            .areDeclaredInClassesThat()
            .resideInAPackage("dev.muster.coordination..")
            .and()
            .arePublic()
            .and()
            .areDeclaredInClassesThat()
            .arePublic()
            .should()
            .haveRawReturnType(com.tngtech.archunit.base.DescribedPredicate.describe(
                    "from a library",
                    type -> type.getPackageName().startsWith("com.fasterxml")
                            || type.getPackageName().startsWith("com.dynatrace")));

    @ArchTest
    static final ArchRule timeIsInjected = noClasses()
            .that()
            .resideInAnyPackage("dev.muster.coordination..", "dev.muster.store", "dev.muster.store.spi")
            .and()
            .resideOutsideOfPackage("dev.muster.coordination.testkit..")
            .and()
            .doNotHaveSimpleName("SystemScheduler")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(java.time.Instant.class, "now");
}
