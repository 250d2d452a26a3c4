package dev.millrace.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordsTest {
    private static final Passwords PASSWORDS = new Passwords(1);

    @AfterAll
    static void close() {
        PASSWORDS.close();
    }

    @Test
    void aPasswordOpensItsOwnHashAndNoOther() {
        String hash = PASSWORDS.hash("correct horse battery");

        assertThat(hash).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
        assertThat(PASSWORDS.matches("correct horse battery", hash)).isTrue();
        assertThat(PASSWORDS.matches("correct horse batterz", hash)).isFalse();
        assertThat(PASSWORDS.matches("correct horse battery ", hash)).isFalse();
        assertThat(PASSWORDS.hash("correct horse battery")).isNotEqualTo(hash);
    }

    @Test
    void theSameLettersAreTheSamePasswordHoweverTheyAreComposed() {
        String hash = PASSWORDS.hash("Zu\u0308richer See \ud83e\udd86");

        assertThat(PASSWORDS.matches("Z\u00fcricher See \ud83e\udd86", hash)).isTrue();
        assertThat(PASSWORDS.matches("Z\u00fcricher See \ud83e\udd85", hash)).isFalse();
    }

    @Test
    void aHashMadeElsewhereIsUnderstood() {
        // by the library alone, in another locale: its own text is wrong where I and i are not the same letter
        String hash =
                "$argon2id$v=19$m=19456,t=2,p=1$sI4Uh03Fp26MJ4A5GwWQMw$GRMyuTjXejdLkiOBqE4PPzC4bEY0vTAPO48S3j1Jgns";

        assertThat(PASSWORDS.matches("p\u00e4ssw\u00f6rd", hash)).isTrue();
        assertThat(PASSWORDS.matches("passwort", hash)).isFalse();
    }

    @Test
    void withoutAHashTheAnswerIsNoAfterTheSameWork() {
        assertThat(PASSWORDS.matches("correct horse battery", null)).isFalse();
    }

    @Test
    void aHashOfWeakerDaysIsKnownAsSuch() {
        assertThat(Passwords.outdated("$argon2id$v=19$m=4096,t=1,p=1$c29tZXNhbHQ$" + "A".repeat(43)))
                .isTrue();
        assertThat(Passwords.outdated(PASSWORDS.hash("correct horse battery"))).isFalse();
    }

    @Test
    void whoComesWhenTheLineIsFullIsToldToComeAgain() throws Exception {
        int crowd = 60;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = new ArrayList<Future<Problem>>();
            for (int i = 0; i < crowd; i++) {
                calls.add(threads.submit(() ->
                        catchThrowableOfType(Problem.class, () -> PASSWORDS.matches("correct horse battery", null))));
            }
            int turnedAway = 0;
            for (Future<Problem> call : calls) {
                Problem refusal = call.get();
                if (refusal != null) {
                    turnedAway++;
                    assertThat(refusal.type()).isEqualTo(ProblemType.UNAVAILABLE);
                    assertThat(refusal.retryAfter()).isNotNull();
                }
            }
            assertThat(turnedAway).isBetween(1, crowd - 32);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password",
                "Password1",
                "P@ssw0rd",
                "p4ssw0rd!",
                "passw0rd123",
                "12345678",
                "123456789",
                "87654321",
                "11111111",
                "aaaaaaaaaaaa",
                "abcabcabc",
                "12121212",
                "qwertyuiop",
                "QWERTY123",
                "1qaz2wsx",
                "zaq12wsx",
                "asdfghjkl",
                "iloveyou",
                "iloveyou2",
                "Sunshine1!",
                "letmein123",
                "welcome2024",
                "Michael1",
                "monkey123",
                "dragon12",
                "trustno1",
                "millrace",
                "Millrace2026!",
                "studio2026",
                "19871224",
                "24121987",
                "20002001",
                "adminadmin",
                "superman1",
                "qwerty12345",
                "abcd1234",
                "passwordpassword",
                "ali.veli@example.com",
                "ali.veli",
                "football!!",
                "Pa55word",
                "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44"
            })
    void whatIsGuessedFirstIsRefused(String password) {
        assertThat(CommonPasswords.includes(password, "ali.veli@example.com")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "correct horse battery", "tr0ub4dor&3 zebra", "kettle-orchid-ninety", "gH7#kq2Lw!",
                        "ilimanda bekliyorum",
                "blue tractor sings", "73920184", "vXq9mZ2p", "the mill by the river",
                        "\ud83e\udd86\ud83e\udd86 pond at dawn",
                "pass the salt please mother"
            })
    void whatIsLongOrOddIsTaken(String password) {
        assertThat(CommonPasswords.includes(password, "ali.veli@example.com")).isFalse();
    }

    @Test
    void aPasswordIsJudgedWithoutAnAddressToo() {
        assertThat(CommonPasswords.includes("kettle-orchid-ninety", "")).isFalse();
        assertThat(CommonPasswords.includes("password1", "")).isTrue();
    }

    @Test
    void addressesAreBroughtIntoOneForm() {
        assertThat(Emails.normal("  Ada.LOVELACE@Example.COM ")).isEqualTo("ada.lovelace@example.com");
        assertThat(Emails.normal("INFO@ISTANBUL.example")).isEqualTo("info@istanbul.example");
        assertThat(Emails.normal("Zu\u0308rich@example.com")).isEqualTo("z\u00fcrich@example.com");
        assertThat(Emails.normal("o'brien+mill@mail.example.co.uk")).isEqualTo("o'brien+mill@mail.example.co.uk");
        assertThat(Emails.normal("wal@b\u00fccher.example")).isEqualTo("wal@b\u00fccher.example");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "@",
                "ada",
                "ada@",
                "@example.com",
                "ada@example",
                "ada@@example.com",
                "a da@example.com",
                "ada@exam ple.com",
                "ada@-example.com",
                "ada@example-.com",
                "ada@example..com",
                "ada@.example.com",
                "ada@example.com.",
                "ada\u0000@example.com",
                "ada\n@example.com",
                "ada\u200b@example.com",
                "<ada@example.com>",
                "ada@example.com, bob@example.com",
                "ada@[127.0.0.1]"
            })
    void whatIsNoAddressIsRefused(String text) {
        assertThat(Emails.normal(text)).isNull();
    }

    @Test
    void longAddressesAreRefused() {
        assertThat(Emails.normal("a".repeat(64) + "@example.com")).isNotNull();
        assertThat(Emails.normal("a".repeat(65) + "@example.com")).isNull();
        assertThat(Emails.normal("a@" + "b.".repeat(130) + "com")).isNull();
        assertThat(Emails.normal("a@" + "b".repeat(100_000) + ".com")).isNull();
    }
}
