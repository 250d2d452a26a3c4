package dev.millrace.generation.provider.studio.layer;

import dev.millrace.generation.provider.studio.paint.Colour;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The colours of a scene, from the sky down. */
public record Palette(
        Colour zenith,
        Colour sky,
        Colour horizon,
        Colour disc,
        Colour far,
        Colour near,
        Colour water,
        Colour accent,
        Colour light) {
    private static final Map<String, Palette> ALL = read();
    private static final Set<String> NIGHTS = Set.of("night", "moonlit", "neon", "space");

    public static Palette named(String name) {
        Palette palette = ALL.get(name);
        if (palette == null) {
            throw new IllegalStateException("no palette " + name);
        }
        return palette;
    }

    /** Whether lamps are lit and stars are out. */
    public boolean dark() {
        return horizon.luma() < 0.35;
    }

    /** Land at a distance, 0 near to 1 at the horizon: the air takes its colour. */
    public Colour land(double distance) {
        return near.mix(far, distance).mix(horizon, Math.max(0, distance - 0.75));
    }

    /** All of it in the light of another hue. */
    public Palette tinted(Colour hue, double share) {
        return new Palette(
                zenith.tinted(hue, share),
                sky.tinted(hue, share),
                horizon.tinted(hue, share * 0.6),
                disc,
                far.tinted(hue, share),
                near.tinted(hue, share),
                water.tinted(hue, share),
                hue,
                light);
    }

    public static boolean isNight(String name) {
        return NIGHTS.contains(name);
    }

    private static Map<String, Palette> read() {
        var all = new LinkedHashMap<String, Palette>();
        Lines.of(Palette.class, "palettes.txt").forEach(line -> {
            String[] parts = line.split(": ", 2);
            List<Colour> colours =
                    Arrays.stream(parts[1].split(" ", -1)).map(Colour::hex).toList();
            all.put(
                    parts[0],
                    new Palette(
                            colours.get(0),
                            colours.get(1),
                            colours.get(2),
                            colours.get(3),
                            colours.get(4),
                            colours.get(5),
                            colours.get(6),
                            colours.get(7),
                            colours.get(8)));
        });
        return all;
    }
}
