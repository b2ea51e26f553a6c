package dev.muster.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noCodeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
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

    private static final DescribedPredicate<JavaClass> FROM_A_LIBRARY = DescribedPredicate.describe(
            "from a library",
            type -> type.getPackageName().startsWith("com.fasterxml")
                    || type.getPackageName().startsWith("com.dynatrace"));

    @ArchTest
    static final ArchRule jsonAndHashingAreAnsweredByNoMethodOfTheApi =
            noMethods().that(areOfTheApi()).should().haveRawReturnType(FROM_A_LIBRARY);

    @ArchTest
    static final ArchRule jsonAndHashingAreTakenByNothingOfTheApi = noCodeUnits()
            .that(areOfTheApi())
            .should()
            .haveRawParameterTypes(DescribedPredicate.anyElementThat(FROM_A_LIBRARY));

    @ArchTest
    static final ArchRule jsonAndHashingAreInNoFieldOfTheApi =
            noFields().that(areOfTheApi()).should().haveRawType(FROM_A_LIBRARY);

    private static <T extends JavaMember> DescribedPredicate<T> areOfTheApi() {
        return DescribedPredicate.describe(
                "are what users of the recipes see",
                member -> member.getOwner().getPackageName().startsWith("dev.muster.coordination")
                        && member.getOwner().getModifiers().contains(JavaModifier.PUBLIC)
                        && (member.getModifiers().contains(JavaModifier.PUBLIC)
                                || member.getModifiers().contains(JavaModifier.PROTECTED)));
    }

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
