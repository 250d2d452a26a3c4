package dev.millrace.generation.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.Chat;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.Message;
import dev.millrace.generation.provider.catalogue.Price;
import dev.millrace.platform.Ids;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.sql.Db;
import dev.millrace.testing.TestServices;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is handed to the maker of a new generation is what the table says, and nothing is handed over that did not come to be. */
class NewbornsIT {
    private static Db db;
    private static Archive archive;

    @BeforeAll
    @SuppressWarnings("NullAway") // nothing here has files
    static void open() {
        db = Db.open(TestServices.freshDatabase());
        archive = new Archive(null, "");
    }

    @AfterAll
    static void close() {
        db.close();
    }

    @Test
    void anOrderAsItWasBornIsTheOrderAsItIsRead() {
        UUID id = Ids.next();
        db.run(tx -> archive.insert(tx, List.of(new Archive.Birth(id, Ids.next(), draft(), null))));

        Order read = db.read(tx -> archive.order(tx, id));
        assertThat(archive.newborn(id)).isEqualTo(read).isNotNull();
        assertThat(archive.newborn(id)).isNull();
    }

    @Test
    void whatWasRolledBackIsNobodys() {
        UUID id = Ids.next();
        assertThatThrownBy(() -> db.run(tx -> {
                    archive.insert(tx, List.of(new Archive.Birth(id, Ids.next(), draft(), null)));
                    throw new IllegalStateException("something came between");
                }))
                .hasMessage("something came between");

        assertThat(archive.newborn(id)).isNull();
    }

    @Test
    void theOldestGiveWay() {
        UUID first = Ids.next();
        db.run(tx -> archive.insert(tx, List.of(new Archive.Birth(first, Ids.next(), draft(), null))));
        for (int i = 0; i < 1_000; i++) {
            db.run(tx -> archive.insert(tx, List.of(new Archive.Birth(Ids.next(), Ids.next(), draft(), null))));
        }
        assertThat(archive.newborn(first)).isNull();
        assertThat(db.<Order>read(tx -> archive.order(tx, first))).isNotNull();
    }

    private static Draft draft() {
        return new Draft(
                new Order.Wish(
                        GenerationKind.TEXT,
                        "here/model",
                        "here",
                        "İki değirmen 🌊",
                        List.of(new Message("system", "short"), new Message("user", "İki değirmen 🌊")),
                        new GenerationOptions(Map.of(
                                "words",
                                40,
                                "temperature",
                                new BigDecimal("0.70"),
                                "stop",
                                List.of("a", "b"),
                                "big",
                                1e6)),
                        new Chat(
                                Json.read("{\"tools\":[{\"name\":\"x\",\"strict\":true}],\"n\":1.50}", JsonNode.class)),
                        List.of(UUID.fromString("01900000-0000-7000-8000-000000000007"))),
                Json.read("[{\"per\":\"100_words\",\"amount_micros\":10000,\"typical\":240}]", Price.class),
                new Order.Money(1_234, 5_678),
                "small",
                null,
                null,
                Sanitized.NOTHING,
                Map.of("label", "value"));
    }
}
