package dev.millrace.platform.sql;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.CannotStart;
import dev.millrace.platform.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where nobody listens the start ends in one line that says where, and tells no secret. */
class MigrationsTest {
    @Test
    void aDatabaseThatIsNotThereIsNamed() throws IOException {
        int port;
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        var config = config("127.0.0.1:" + port);

        assertThatThrownBy(() -> Migrations.run(config, List.of(Duration.ofMillis(1))))
                .isInstanceOf(CannotStart.class)
                .hasMessage("The database at 127.0.0.1:" + port
                        + " does not answer: Connection refused. Start it, or correct MILLRACE_DATABASE_URL.");
    }

    @Test
    void aHostThatNobodyKnowsIsNamed() {
        var config = config("nobody.invalid:5432");

        assertThatThrownBy(() -> Migrations.run(config, List.of()))
                .isInstanceOf(CannotStart.class)
                .hasMessage("The database at nobody.invalid:5432 does not answer: there is no such host."
                        + " Start it, or correct MILLRACE_DATABASE_URL.");
    }

    private static SqlConfig config(String where) {
        return SqlConfig.of("jdbc:postgresql://" + where + "/mill", "miller", new Secret("hush"), 1);
    }
}
