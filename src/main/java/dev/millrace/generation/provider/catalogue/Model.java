package dev.millrace.generation.provider.catalogue;

import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.Message;
import dev.millrace.generation.provider.Request;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A row of the catalogue. */
public record Model(
        String id,
        GenerationKind kind,
        String provider,
        Map<String, OptionRange> options,
        Price price,
        Conduct conduct,
        Inputs inputs) {
    public Model {
        options = Map.copyOf(options);
    }

    /** One that begins with words alone. */
    public Model(
            String id,
            GenerationKind kind,
            String provider,
            Map<String, OptionRange> options,
            Price price,
            Conduct conduct) {
        this(id, kind, provider, options, price, conduct, Inputs.NONE);
    }

    /**
     * The options as sent, judged and completed with defaults.
     *
     * @throws Problem {@code invalid_request} that points at each option the model does not have or whose value it does not take
     */
    public GenerationOptions judge(@Nullable Map<String, Object> sent) {
        Problem problem = Problem.of(ProblemType.INVALID_REQUEST, "The options do not fit the model " + id + ".");
        var values = new HashMap<String, Object>();
        options.forEach((name, range) -> {
            if (range.otherwise() != null) {
                values.put(name, range.otherwise());
            }
        });
        new TreeMap<>(sent == null ? Map.of() : sent).forEach((name, value) -> {
            OptionRange range = options.get(name);
            String pointer = "/options/" + name.replace("~", "~0").replace("/", "~1");
            if (range == null) {
                problem.at(pointer, "unknown_field", "is not an option of the model " + id);
            } else {
                OptionRange.Fault fault =
                        value == null ? new OptionRange.Fault("wrong_type", "must not be null") : range.judge(value);
                if (fault != null) {
                    problem.at(pointer, fault.code(), fault.words());
                } else {
                    values.put(name, value);
                }
            }
        });
        if (!problem.errors().isEmpty()) {
            throw problem;
        }
        return new GenerationOptions(values);
    }

    /**
     * The options of a request that was made for another model, as this one takes them: what that one had set by itself is left to
     * this one's own defaults.
     *
     * @throws Problem when somebody asked for an option that this model does not have, or for a value it does not take
     */
    public GenerationOptions adopt(Model asked, GenerationOptions judged) {
        var wished = new HashMap<String, Object>();
        judged.values().forEach((name, value) -> {
            OptionRange range = asked.options.get(name);
            Object otherwise = range == null ? null : range.otherwise();
            if (otherwise == null || !OptionRange.same(otherwise, value)) {
                wished.put(name, plain(value));
            }
        });
        return judge(wished);
    }

    /** A whole number as a JSON reader would have made it. */
    private static Object plain(Object value) {
        return value instanceof BigDecimal number && number.scale() <= 0 ? number.toBigIntegerExact() : value;
    }

    /**
     * A request to this model.
     *
     * @param messages empty when there is only a prompt
     * @param options as {@link #judge} answered them
     */
    public Request request(String prompt, List<Message> messages, GenerationOptions options) {
        return new Request(kind, id, prompt, messages, options, conduct);
    }

    /** What the request may cost: {@code maximum} is held when it is created. */
    public Bounds bounds(Request request) {
        return price.bounds(request);
    }

    /** The same model under the name of one of the many it stands for. */
    Model named(String name) {
        return new Model(name, kind, provider, options, price, conduct, inputs);
    }

    /**
     * How it behaves.
     *
     * @param fallbacks ids of models to try in turn
     * @param thinking silent for long before its first word
     * @param expectedSeconds a first guess, with default options
     * @param deadlineSeconds when a call, or a vendor's job whose fate is unknown, is given up
     */
    public record Conduct(
            CancelPolicy cancelPolicy,
            List<String> fallbacks,
            boolean thinking,
            int expectedSeconds,
            int deadlineSeconds,
            Silence silence) {
        public Conduct {
            fallbacks = List.copyOf(fallbacks);
        }

        /** One that may be silent for as long as is usual. */
        public Conduct(
                CancelPolicy cancelPolicy,
                List<String> fallbacks,
                boolean thinking,
                int expectedSeconds,
                int deadlineSeconds) {
            this(cancelPolicy, fallbacks, thinking, expectedSeconds, deadlineSeconds, Silence.USUAL);
        }
    }

    /**
     * For how many seconds it may be silent while it streams; null where that is what is usual.
     *
     * @param firstByteSeconds until its answer begins
     * @param idleSeconds between two pieces of it
     */
    public record Silence(
            @Nullable Integer firstByteSeconds, @Nullable Integer idleSeconds) {
        static final Silence USUAL = new Silence(null, null);
    }

    /**
     * What a generation may begin with beside words.
     *
     * @param kinds which assets are taken, in the words of {@link dev.millrace.media.MediaKind}; empty when none are taken
     * @param name what the vendor calls them, where each of its models has a name of its own
     */
    public record Inputs(
            int minimum,
            int maximum,
            List<String> kinds,
            @Nullable String name) {
        public static final Inputs NONE = new Inputs(0, 0, List.of(), null);

        public Inputs {
            kinds = maximum == 0 ? List.of() : List.copyOf(kinds);
        }

        /** The same for a provider that has no place for more. */
        public Inputs atMost(int most) {
            return new Inputs(minimum, Math.min(maximum, most), kinds, name);
        }

        /** Whether a generation may begin with so many. */
        public boolean takes(int count) {
            return count >= minimum && count <= maximum;
        }
    }
}
