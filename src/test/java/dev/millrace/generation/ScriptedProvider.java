package dev.millrace.generation;

import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.Request;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * A vendor that does what a test says: for each prompt an act a call. Its videos are jobs that live on when a server is lost; its
 * texts and images are not. The model {@code scripted/going} goes on with what it had begun to say.
 */
final class ScriptedProvider implements Provider {
    private final String name;
    private final Map<String, Queue<Act>> scripts = new ConcurrentHashMap<>();
    private final List<ProviderCall> calls = new CopyOnWriteArrayList<>();
    private volatile boolean textsAreJobs;

    ScriptedProvider(String name) {
        this.name = name;
    }

    /** What happens in one call. */
    @FunctionalInterface
    interface Act {
        void play(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException;
    }

    /** The calls for this prompt go like this, one after the other; the last act is played for every further call. */
    void script(String prompt, Act... acts) {
        scripts.put(prompt, new ConcurrentLinkedQueue<>(List.of(acts)));
    }

    /** The calls that were made for this prompt. */
    List<ProviderCall> calls(String prompt) {
        return calls.stream()
                .filter(call -> call.request().prompt().equals(prompt))
                .toList();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean asynchronous(GenerationKind kind) {
        return kind == GenerationKind.VIDEO || textsAreJobs && kind == GenerationKind.TEXT;
    }

    /** From now on its texts are jobs too, each read from its beginning by whoever comes to it. */
    void textsAreJobs() {
        textsAreJobs = true;
    }

    @Override
    public boolean measures(GenerationKind kind) {
        return false;
    }

    /** Its videos may begin with pictures; how many, the rows of its models say. */
    @Override
    public int inputs(GenerationKind kind) {
        return kind == GenerationKind.VIDEO ? 4 : 0;
    }

    @Override
    public boolean continues(Request request) {
        return request.model().equals("scripted/going");
    }

    @Override
    public void run(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException {
        calls.add(call);
        Queue<Act> acts = scripts.get(call.request().prompt());
        Act act = acts.size() > 1 ? acts.poll() : acts.peek();
        act.play(call, sink);
    }

    /** Says these words and that they are all. */
    static Act says(String... words) {
        return (call, sink) -> {
            speak(sink, words);
            finish(sink, words.length);
        };
    }

    /** The same once the gate is open. */
    static Act saysBehind(CountDownLatch gate, String... words) {
        return (call, sink) -> {
            gate.await();
            says(words).play(call, sink);
        };
    }

    /** Says these words and breaks off like that. */
    static Act breaksOff(ProviderFailure.Kind kind, String... words) {
        return (call, sink) -> {
            speak(sink, words);
            throw new ProviderFailure(kind, "The vendor had enough.");
        };
    }

    static void speak(ProviderSink sink, String... words) {
        for (String word : words) {
            sink.emit(new ProviderEvent.Delta(word + " "));
        }
    }

    static void finish(ProviderSink sink, int words) {
        sink.emit(new ProviderEvent.Usage(Map.of("words", BigDecimal.valueOf(words))));
        sink.emit(new ProviderEvent.Finished("stop"));
    }

    /** Waits to be canceled or cut off. */
    static void hang(ProviderCall call) throws ProviderFailure, InterruptedException {
        call.cancellation().await(java.time.Duration.ofMinutes(5));
        call.cancellation().check();
    }
}
