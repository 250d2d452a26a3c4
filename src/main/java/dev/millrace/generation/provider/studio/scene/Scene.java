package dev.millrace.generation.provider.studio.scene;

import dev.millrace.generation.provider.studio.layer.Caption;
import dev.millrace.generation.provider.studio.layer.Ridge;
import dev.millrace.generation.provider.studio.layer.Swell;
import dev.millrace.generation.provider.studio.paint.Frame;
import dev.millrace.generation.provider.studio.paint.Layer;
import java.util.ArrayList;
import java.util.List;

/** Layers from the back to the front. */
public final class Scene {
    private final List<Layer> layers;

    private Scene(List<Layer> layers) {
        this.layers = List.copyOf(layers);
        Ridge front = null;
        for (Layer layer : layers.reversed()) {
            Ridge ridge = layer instanceof Swell swell ? swell.body() : layer instanceof Ridge land ? land : null;
            if (ridge != null && front != null) {
                ridge.behind(front);
            }
            front = ridge == null ? front : ridge;
        }
    }

    /** What the prompt looks like; the seed decides what it leaves open. */
    public static Scene of(String prompt, long seed, double aspect) {
        var layers = new ArrayList<>(new Composer(Reading.of(prompt), seed, aspect).compose());
        Layer caption = Caption.of(prompt, aspect);
        if (caption != null) {
            layers.add(caption);
        }
        return new Scene(layers);
    }

    /** Paints one moment of it over whatever is in the frame; an interrupted thread stops after the layer at hand. */
    public void paint(Frame frame, double seconds) {
        for (Layer layer : layers) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            layer.paint(frame, seconds);
        }
    }
}
