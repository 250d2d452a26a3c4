package dev.millrace.testing.fuzz;

import static dev.millrace.testing.fuzz.Slices.promise;

import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Heard;
import dev.millrace.generation.provider.ProviderEvent;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.Recorded;
import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.openai.ChatReader;
import dev.millrace.generation.provider.wire.VendorErrors;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the events of a chat are taken for. */
public final class ChatFuzz {
    private static final VendorErrors ERRORS = new VendorErrors(InstantSource.system());
    private static final Request REQUEST = Calls.request(GenerationKind.TEXT, "vendor/model", "a prompt", Map.of());

    private ChatFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Understood whole = null;
        for (List<byte[]> pieces : Slices.of(input)) {
            Understood understood = read(pieces);
            boolean finished =
                    !understood.events.isEmpty() && understood.events.getLast() instanceof ProviderEvent.Finished;
            promise(finished == (understood.kind == null), "it is finished if and only if it did not fail");
            promise(understood.said() <= input.length, "more was said than came");
            promise(!understood.events.contains(new ProviderEvent.Delta("")), "nothing was said");
            if (whole == null) {
                whole = understood;
            } else {
                promise(understood.equals(whole), "other events for other pieces");
            }
        }
    }

    private static Understood read(List<byte[]> pieces) {
        var heard = new Heard();
        try {
            new ChatReader(ERRORS, REQUEST, heard, true).read(Recorded.stream(pieces.toArray(new byte[0][])));
            return new Understood(named(heard.events()), null);
        } catch (ProviderFailure named) {
            return new Understood(named(heard.events()), named.kind());
        }
    }

    /** Ids that we give to calls that came without one differ each time. */
    private static List<ProviderEvent> named(List<ProviderEvent> events) {
        return events.stream()
                .map(event -> event instanceof ProviderEvent.ToolCall call
                                && call.id() != null
                                && call.id().startsWith("call_")
                        ? new ProviderEvent.ToolCall(call.index(), "call_", call.name(), call.arguments())
                        : event)
                .toList();
    }

    private record Understood(List<ProviderEvent> events, ProviderFailure.@Nullable Kind kind) {
        long said() {
            return events.stream()
                    .mapToLong(event -> event instanceof ProviderEvent.Delta(String text) ? text.length() : 0)
                    .sum();
        }
    }
}
