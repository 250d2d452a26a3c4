package dev.millrace.generation.provider.studio.layer;

import dev.millrace.generation.provider.studio.paint.Colour;
import dev.millrace.generation.provider.studio.paint.Frame;
import dev.millrace.generation.provider.studio.paint.Layer;
import dev.millrace.generation.provider.studio.paint.Outline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A drawn thing somewhere in the scene, moved as its pose says. */
public final class Figure implements Layer {
    private static final Map<String, List<Part>> DRAWINGS = read();
    private static final Colour LAMP = Colour.hex("ffe0a0");

    private final List<Part> parts;
    private final Palette palette;
    private final Colour foliage;
    private final Motion motion;

    /**
     * @param foliage for crowns and wings
     */
    public Figure(String drawing, Palette palette, Colour foliage, Motion motion) {
        List<Part> found = DRAWINGS.get(drawing);
        if (found == null) {
            throw new IllegalStateException("no figure " + drawing);
        }
        this.parts = found;
        this.palette = palette;
        this.foliage = foliage;
        this.motion = motion;
    }

    @Override
    public void paint(Frame frame, double seconds) {
        Pose pose = motion.at(seconds);
        for (Part part : parts) {
            var outline = part.outline.placed(pose.x, pose.y, pose.size * pose.stretch, pose.size, pose.turns);
            frame.fill(outline, tone(part.tone), part.tone.equals("shadow") ? 0.32 : pose.share);
        }
    }

    private Colour tone(String tone) {
        return switch (tone) {
            case "light" -> palette.light();
            case "shade" -> palette.light().mix(palette.far(), 0.42);
            case "body" -> palette.near().mix(palette.far(), 0.30);
            case "deep" -> palette.near().mix(palette.accent(), 0.22);
            case "dark" -> palette.near().darker(0.35);
            case "shadow" -> palette.near().darker(0.5);
            case "accent" -> palette.accent();
            case "glow" -> LAMP;
            case "warm" -> LAMP.mix(palette.accent(), 0.6);
            case "crown", "wing" -> foliage;
            case "lit" -> foliage.lighter(0.18);
            default -> throw new IllegalStateException("no tone " + tone);
        };
    }

    private static Map<String, List<Part>> read() {
        var drawings = new HashMap<String, List<Part>>();
        var parts = new ArrayList<Part>();
        for (String line : Lines.of(Figure.class, "figures.txt")) {
            if (line.startsWith("= ")) {
                parts = new ArrayList<>();
                drawings.put(line.substring(2), parts);
            } else {
                int space = line.indexOf(' ');
                parts.add(new Part(line.substring(0, space), Outline.parse(line.substring(space + 1))));
            }
        }
        return drawings;
    }

    private record Part(String tone, Outline outline) {}

    /**
     * Where a figure is.
     *
     * @param size of its drawing's one
     * @param stretch of its width; negative looks the other way
     * @param share how solid it is
     */
    public record Pose(double x, double y, double size, double stretch, double turns, double share) {
        public static Pose upright(double x, double y, double size) {
            return new Pose(x, y, size, 1, 0, 1);
        }
    }

    /** How a figure moves. */
    public interface Motion {
        Pose at(double seconds);
    }
}
