package dev.millrace.platform.http.input;

import static dev.millrace.testing.fuzz.Slices.promise;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/** JSON from clients. */
public final class StrictJsonFuzz {
    private StrictJsonFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        JsonNode tree;
        try {
            tree = StrictJson.read(input);
        } catch (Problem named) {
            promise(named.type() == ProblemType.INVALID_REQUEST, "a fault of ours");
            promise(named.errors().size() == 1, "a fault without a place");
            return;
        }
        judge(tree, 0);
        if (plain(tree)) {
            byte[] again = tree.toString().getBytes(StandardCharsets.UTF_8);
            promise(StrictJson.read(again).equals(tree), "what was read is not what is read again");
        }
    }

    /** Whether its numbers are written as short as they were read: one with many digits and a large exponent is not. */
    private static boolean plain(JsonNode node) {
        if (node.isNumber()) {
            BigDecimal number = node.decimalValue();
            return number.toString().length() <= 100 && Math.abs((long) number.precision() - number.scale()) <= 400;
        }
        for (JsonNode child : node) {
            if (!plain(child)) {
                return false;
            }
        }
        return true;
    }

    private static void judge(JsonNode node, int depth) {
        promise(depth <= Json.DEPTH, "nested deeper than is allowed");
        if (node.isTextual()) {
            promise(node.textValue().length() <= Json.TEXT, "a text longer than is allowed");
            promise(Texts.wellFormed(node.textValue()), "a text that cannot be stored");
        }
        if (node.isNumber()) {
            promise(node.decimalValue().precision() <= 100, "a number of too many digits");
            promise(Math.abs((long) node.decimalValue().scale()) <= 1_000, "a number that fills the memory");
        }
        node.properties().forEach(member -> promise(Texts.wellFormed(member.getKey()), "a name that cannot be stored"));
        node.forEach(child -> judge(child, depth + 1));
    }
}
