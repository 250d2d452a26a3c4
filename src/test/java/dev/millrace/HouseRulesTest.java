package dev.millrace;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The house's rules, run. Plain tests on purpose: ArchUnit's own JUnit engine once ran none of them and stayed green. */
class HouseRulesTest {
    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("/test-classes/"))
            .importPackages("dev.millrace");

    private static final Path SOURCES = Path.of("src/main/java");

    /** Which rooms a room may use; what is not listed is forbidden. The root's sign says the same, in words. */
    private static final Map<String, Set<String>> ARROWS = new TreeMap<>(Map.of(
            "webhooks", Set.of("generation", "media", "credits", "platform"),
            "generation", Set.of("media", "credits", "accounts", "analytics", "platform"),
            "media", Set.of("platform"),
            "payments", Set.of("credits", "accounts", "platform"),
            "credits", Set.of("analytics", "platform"),
            "accounts", Set.of("analytics", "platform"),
            "analytics", Set.of("platform"),
            "platform", Set.of()));

    @Test
    void theHouseWasActuallyInspected() {
        assertThat(HOUSE.size()).isGreaterThan(100);
    }

    @Test
    void everyRoomIsOnThePlan() {
        assertThat(rooms()).isSubsetOf(ARROWS.keySet());
    }

    @Test
    void arrowsBetweenRoomsOnlyPointDown() {
        ARROWS.forEach((room, allowed) -> {
            var forbidden = ARROWS.keySet().stream()
                    .filter(other -> !other.equals(room) && !allowed.contains(other))
                    .map(other -> "dev.millrace." + other + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage("dev.millrace." + room + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(forbidden)
                    .allowEmptyShould(true)
                    .check(HOUSE);
        });
    }

    @Test
    void theRootsSignNamesEveryRoomAndTheArrowsAsTheyAre() {
        assertThat(sign()).containsPattern(" rooms hold what the product does: [a-z, ]+\\.");
        assertThat(words(sign().replaceAll(".* rooms hold what the product does: ([a-z, ]+)\\..*", "$1")))
                .containsExactlyInAnyOrderElementsOf(without("platform", rooms()));
        assertThat(arrowsOfTheSign()).isEqualTo(arrowsBetweenFeatures());
    }

    @Test
    void noArrowIsAllowedThatNobodyNeeds() {
        ARROWS.forEach((room, allowed) -> assertThat(used(room)).as(room).containsExactlyInAnyOrderElementsOf(allowed));
    }

    @Test
    void roomsHaveNoCycles() {
        slices().matching("dev.millrace.(*)..").should().beFreeOfCycles().check(HOUSE);
        slices().matching("dev.millrace.platform.(*)..")
                .should()
                .beFreeOfCycles()
                .check(HOUSE);
    }

    @Test
    void nothingDependsOnTheCompositionRoot() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.millrace")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.millrace")
                .check(HOUSE);
    }

    @Test
    void namesSayWhatThingsAre() {
        noClasses()
                .should()
                .haveNameMatching(".*(Manager|Helper|Util|Utils|Impl|DTO)")
                .check(HOUSE);
    }

    @Test
    void refusalsArePureJava() {
        classes()
                .that()
                .resideInAPackage("dev.millrace.platform.problem..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", "dev.millrace.platform.problem..")
                .check(HOUSE);
    }

    @Test
    void eachLibraryHasOneDoor() {
        only("io.helidon.webserver..", inPackage("platform.http").or(named(".*(Routes|Gate)")));
        only("io.helidon.security.jwt..", inPackage("accounts"));
        only("org.apache.hc..", inPackage("platform.outbound").or(inPackage("generation.provider")));
        only("java.net.http..", inPackage("platform.outbound"));
        only("java.sql..", inPackage("platform.sql"));
        only("com.zaxxer..", inPackage("platform.sql"));
        only("org.flywaydb..", inPackage("platform.sql"));
        only("org.postgresql..", inPackage("platform.sql"));
        only("org.java_websocket..", inPackage("platform.http.socket"));
        only("redis.clients..", inPackage("platform.redis"));
        only("net.bramp..", inPackage("media").or(inPackage("generation.provider")));
        only("com.password4j..", inPackage("accounts"));
        only("com.stripe..", inPackage("payments"));
    }

    @Test
    void onlyTheProcessRoomStartsProcesses() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.millrace.platform.process..")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ProcessBuilder.class)
                .check(HOUSE);
        noClasses().should().callMethod(Runtime.class, "exec", String.class).check(HOUSE);
    }

    @Test
    void fieldsAreFinalOrPrivateAndNeverOptional() {
        fields().that()
                .areNotPrivate()
                .and()
                .areNotStatic()
                .should()
                .beFinal()
                .allowEmptyShould(true)
                .check(HOUSE);
        fields().should().notHaveRawType(Optional.class).check(HOUSE);
    }

    @Test
    void nobodyPrintsOrUsesTheJdksLogging() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .check(HOUSE.that(new DescribedPredicate<>("are not the logging bridge") {
                    @Override
                    public boolean test(JavaClass type) {
                        return !type.getPackageName().equals("dev.millrace")
                                && !type.getPackageName().startsWith("dev.millrace.platform.http");
                    }
                }));
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.millrace")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(HOUSE);
    }

    @Test
    void nobodySleepsOrHoldsAMonitor() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.millrace.platform.jobs..", "dev.millrace.platform.sql..")
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .check(HOUSE);
        methods()
                .that()
                .areDeclaredInClassesThat()
                .resideOutsideOfPackage("dev.millrace.platform.jobs..")
                .should()
                .notHaveModifier(JavaModifier.SYNCHRONIZED)
                .check(HOUSE);
    }

    @Test
    void recordsAreReadWithoutGet() {
        assertThat(HOUSE.stream()
                        .filter(JavaClass::isRecord)
                        .flatMap(type -> type.getMethods().stream())
                        .filter(method -> method.getName().matches("get[A-Z].*"))
                        .map(method -> method.getFullName()))
                .isEmpty();
    }

    @Test
    void everyPackageHasASignAndIsNullMarked() {
        assertThat(packages().stream().filter(folder -> !signed(folder))).isEmpty();
    }

    @Test
    void filesStaySmall() {
        assertThat(sources(SOURCES).filter(file -> lines(file).size() > 400)).isEmpty();
        assertThat(packages().stream().filter(folder -> files(folder) > 30)).isEmpty();
    }

    @Test
    void nothingIsLeftUnfinished() {
        var unfinished = "TO" + "DO|FIX" + "ME|throw new UnsupportedOperationException";
        assertThat(sources(SOURCES)
                        .filter(file ->
                                lines(file).stream().anyMatch(line -> line.matches(".*(" + unfinished + ").*"))))
                .isEmpty();
    }

    @Test
    void testsDoNotSleepAndAreNotSwitchedOff() {
        var forbidden = "Thread\\.sl" + "eep|TimeUnit\\.[A-Z]+\\.sl" + "eep|@Dis" + "abled|@Igno" + "re";
        assertThat(sources(Path.of("src/test/java"))
                        .filter(file -> lines(file).stream().anyMatch(line -> line.matches(".*(" + forbidden + ").*"))))
                .isEmpty();
    }

    private static void only(String library, DescribedPredicate<JavaClass> doors) {
        noClasses()
                .that(DescribedPredicate.not(doors))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .as("only " + doors.getDescription() + " may use " + library)
                .check(HOUSE);
    }

    private static DescribedPredicate<JavaClass> inPackage(String room) {
        return JavaClass.Predicates.resideInAPackage("dev.millrace." + room + "..");
    }

    private static DescribedPredicate<JavaClass> named(String pattern) {
        return new DescribedPredicate<>("classes named " + pattern) {
            @Override
            public boolean test(JavaClass type) {
                return outermost(type).getSimpleName().matches(pattern);
            }
        };
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(HouseRulesTest::outermost).orElse(type);
    }

    private static Set<String> rooms() {
        return HOUSE.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith("dev.millrace."))
                .map(name -> name.split("\\.", -1)[2])
                .collect(Collectors.toSet());
    }

    /** The rooms whose classes those of a room depend on. */
    private static Set<String> used(String room) {
        return HOUSE.stream()
                .filter(type -> type.getPackageName().matches("dev\\.millrace\\." + room + "(\\..*)?"))
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .map(dependency -> dependency.getTargetClass().getPackageName())
                .filter(name -> name.startsWith("dev.millrace."))
                .map(name -> name.split("\\.", -1)[2])
                .filter(other -> !other.equals(room))
                .collect(Collectors.toSet());
    }

    /** The words of the root's sign in one line. */
    private static String sign() {
        return lines(SOURCES.resolve("dev/millrace/package-info.java")).stream()
                .takeWhile(line -> !line.equals(" */"))
                .map(line -> line.replaceFirst("^ ?/?\\*+ ?", ""))
                .collect(Collectors.joining(" "));
    }

    /** What "these use those" says between "only point down:" and the end of that sentence. */
    private static Map<String, Set<String>> arrowsOfTheSign() {
        var arrows = new TreeMap<String, Set<String>>();
        for (String clause :
                sign().replaceAll(".*only point down: ([^.]*)\\..*", "$1").split(";", -1)) {
            String[] sides = clause.split(" uses? ", -1);
            if (sides.length == 2) {
                words(sides[0]).forEach(room -> arrows.put(room, words(sides[1])));
            }
        }
        return arrows;
    }

    /** All stand on the platform, and who uses nothing else has no arrow in the sign. */
    private static Map<String, Set<String>> arrowsBetweenFeatures() {
        var arrows = new TreeMap<String, Set<String>>();
        ARROWS.forEach((room, allowed) -> arrows.put(room, without("platform", allowed)));
        arrows.values().removeIf(Set::isEmpty);
        return arrows;
    }

    private static Set<String> words(String list) {
        return Set.of(list.strip().split(",? and |, ", -1));
    }

    private static Set<String> without(String room, Set<String> rooms) {
        return rooms.stream().filter(other -> !other.equals(room)).collect(Collectors.toSet());
    }

    private static List<Path> packages() {
        return sources(SOURCES).map(Path::getParent).distinct().toList();
    }

    private static boolean signed(Path folder) {
        Path sign = folder.resolve("package-info.java");
        return Files.exists(sign)
                && lines(sign).contains("@NullMarked")
                && lines(sign).size() >= 9;
    }

    private static long files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).count();
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private static Stream<Path> sources(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }
}
