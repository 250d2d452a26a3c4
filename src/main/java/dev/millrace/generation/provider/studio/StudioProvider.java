package dev.millrace.generation.provider.studio;

import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.studio.chaos.Chaos;
import dev.millrace.platform.process.Processes;

/** The built-in provider: writes, paints and films by itself; its chaos models fail as told. */
public final class StudioProvider implements Provider {
    private final TextStudio text = new TextStudio();
    private final Chaos chaos = new Chaos();
    private final ImageStudio images;
    private final VideoStudio videos;

    public StudioProvider(Processes processes) {
        var film = new Film(processes);
        var easel = new Easel();
        this.images = new ImageStudio(film, easel);
        this.videos = new VideoStudio(film, easel);
    }

    @Override
    public String name() {
        return "studio";
    }

    @Override
    public boolean asynchronous(GenerationKind kind) {
        return false;
    }

    @Override
    public boolean measures(GenerationKind kind) {
        return kind != GenerationKind.TEXT;
    }

    /** A film may begin with a picture. */
    @Override
    public int inputs(GenerationKind kind) {
        return kind == GenerationKind.VIDEO ? 1 : 0;
    }

    @Override
    public void run(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException {
        if (call.request().vendorModel().startsWith("chaos-")) {
            chaos.run(call, sink, Seed.of(call), this::work);
        } else {
            work(call, sink);
        }
    }

    private void work(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException {
        switch (call.request().kind()) {
            case TEXT -> text.run(call, sink);
            case IMAGE -> images.run(call, sink);
            case VIDEO -> videos.run(call, sink);
        }
    }
}
