/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The arrows between modules, and the one home of each library.
 *
 * <p>Modules: posix &larr; transport &larr; objectstore &larr; everything else. A library is used where this table
 * says, so that replacing one, or finding out what it does to us, means reading one package.
 */
class ArchitectureTest {
    private static final String POSIX = "io.thornback.posix..";
    private static final String TRANSPORT = "io.thornback.transport..";
    private static final String OBJECT_STORE = "io.thornback.objectstore..";

    private static final List<Home> HOMES = List.of(
            new Home("JNR", List.of("jnr..", "com.kenai.jffi.."), List.of(POSIX)),
            new Home("Netty", List.of("io.netty.."), List.of("io.thornback.transport.net..")),
            new Home("Bouncy Castle", List.of("org.bouncycastle.."), List.of("io.thornback.transport.trust..")),
            new Home("OSHI", List.of("oshi..", "com.sun.jna.."), List.of("io.thornback.resources..")),
            new Home("picocli", List.of("picocli.."), List.of("io.thornback.cli..", "io.thornback.quickstart..")),
            new Home("Logback", List.of("ch.qos.logback.."), List.of("io.thornback.logging..")));

    /** Homes of libraries that not every version of the class path has; nothing to catch is no failure here. */
    private static final List<Home> OPTIONAL_HOMES = List.of(
            new Home("Chronicle", List.of("net.openhft.."), List.of(OBJECT_STORE)),
            new Home("H2 MVStore", List.of("org.h2.."), List.of("io.thornback.gcs..")),
            new Home("JDK internals", List.of("jdk.internal..", "sun.."), List.of()));

    private static JavaClasses production;
    private static JavaClasses fixtures;

    @BeforeAll
    static void importClasses() {
        production = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.thornback");
        fixtures = new ClassFileImporter().importPackages("io.thornback.architecture.fixture");
    }

    @Test
    void seesTheClassesOfEveryModuleAndNoTests() {
        Set<String> modules = production.stream()
                .map(c -> c.getPackageName().split("\\.", -1))
                .filter(parts -> parts.length > 2)
                .map(parts -> parts[2])
                .collect(Collectors.toSet());
        assertTrue(
                modules.containsAll(Set.of("posix", "transport", "objectstore", "config", "node")), modules::toString);
        assertFalse(modules.contains("architecture"), modules::toString);
    }

    @Test
    void posixUsesNoOtherModule() {
        onlyUsesOwn("io.thornback.posix", List.of(POSIX)).check(production);
    }

    @Test
    void transportUsesOnlyPosix() {
        onlyUsesOwn("io.thornback.transport", List.of(TRANSPORT, POSIX)).check(production);
    }

    @Test
    void objectStoreUsesOnlyPosixAndTransport() {
        onlyUsesOwn("io.thornback.objectstore", List.of(OBJECT_STORE, TRANSPORT, POSIX))
                .check(production);
    }

    @Test
    void packagesFormNoCycles() {
        // The public API (io.thornback itself) and what implements it know each other; it is no slice.
        slices().matching("io.thornback.(*)..").should().beFreeOfCycles().check(production);
    }

    @Test
    void partsOfTransportFormNoCycles() {
        slices().matching("io.thornback.transport.(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(production);
    }

    @Test
    void everyLibraryStaysAtHome() {
        HOMES.forEach(home -> home.rule().check(production));
        OPTIONAL_HOMES.forEach(home -> home.rule().check(production));
    }

    @Test
    void serializationLivesInOnePackage() {
        Set<String> users = production.stream()
                .filter(c -> uses(c, "org.apache.fory."))
                .map(JavaClass::getPackageName)
                .collect(Collectors.toSet());
        assertTrue(users.size() <= 1, () -> "Apache Fory is used in " + users);
    }

    @Test
    void catchesEveryMisplacedLibrary() {
        for (Home home : HOMES) {
            AssertionError error =
                    assertThrows(AssertionError.class, () -> home.rule().check(fixtures), home.name());
            assertTrue(error.getMessage().contains("MisplacedLibraries"), error::getMessage);
        }
        assertEquals(
                1, fixtures.stream().filter(c -> uses(c, "org.apache.fory.")).count());
    }

    @Test
    void catchesAReferenceToAHigherModule() {
        ArchRule rule = onlyUsesOwn("io.thornback.architecture.fixture", List.of("io.thornback.architecture.."));
        AssertionError error = assertThrows(AssertionError.class, () -> rule.check(fixtures));
        assertTrue(error.getMessage().contains("UpwardReference"), error::getMessage);
    }

    private static ArchRule onlyUsesOwn(String module, List<String> allowed) {
        return noClasses()
                .that()
                .resideInAPackage(module + "..")
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "belong to a module above " + module,
                        c -> c.getPackageName().startsWith("io.thornback") && !resides(c, allowed)));
    }

    private static boolean resides(JavaClass type, List<String> packages) {
        return JavaClass.Predicates.resideInAnyPackage(packages.toArray(String[]::new))
                .test(type);
    }

    private static boolean uses(JavaClass type, String packagePrefix) {
        return type.getDirectDependenciesFromSelf().stream()
                .anyMatch(d -> d.getTargetClass().getPackageName().concat(".").startsWith(packagePrefix));
    }

    /** A library, the packages it is made of, and the packages of ours that may use it. */
    private record Home(String name, List<String> library, List<String> users) {
        ArchRule rule() {
            return noClasses()
                    .that(DescribedPredicate.describe("are not at home with " + name, c -> !resides(c, users)))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(library.toArray(String[]::new))
                    .because(name + " is used in " + users + " alone");
        }
    }
}
