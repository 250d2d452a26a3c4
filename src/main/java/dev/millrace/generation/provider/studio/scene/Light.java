package dev.millrace.generation.provider.studio.scene;

import static dev.millrace.generation.provider.studio.scene.Motif.*;

import dev.millrace.generation.provider.studio.paint.Noise;
import java.util.List;

/** Which palette a scene has: the hour and the weather say it, else the season, else the seed. */
final class Light {
    private static final List<String> ANY =
            List.of("dawn", "azure", "sunset", "gold", "teal", "forest", "ember", "day", "spring", "moonlit");
    private static final List<String> SEAS = List.of("azure", "teal", "sunset", "dawn", "gold", "moonlit", "day");
    private static final List<String> CITIES = List.of("sunset", "night", "ember", "dawn", "moonlit", "gold");
    private static final List<String> PEAKS = List.of("dawn", "sunset", "winter", "gold", "teal", "ember", "day");
    private static final List<String> SANDS = List.of("desert", "ember", "gold", "desert");
    private static final List<String> WOODS = List.of("forest", "teal", "gold", "dawn", "spring");
    private static final List<String> FIELDS = List.of("spring", "day", "gold", "dawn", "azure", "sunset");

    private Light() {}

    static String of(Reading reading, Noise noise) {
        if (reading.has(SPACE, PLANET)) {
            return "space";
        }
        if (reading.has(UNDERWATER) || reading.has(FISH) && !reading.has(BOAT, LAKE, SEA)) {
            return "deep";
        }
        if (reading.has(NIGHT, STARS, AURORA, FIREFLY, LANTERN) || reading.has(MOON) || reading.has(ROCKET)) {
            return reading.has(CITY) ? pick(noise, List.of("neon", "night")) : pick(noise, List.of("night", "moonlit"));
        }
        if (reading.has(STORM)) {
            return pick(noise, List.of("storm", "storm", "teal"));
        }
        if (reading.has(SUNSET)) {
            return pick(noise, List.of("sunset", "ember", "gold"));
        }
        if (reading.has(DAWN)) {
            return pick(noise, List.of("dawn", "dawn", "gold"));
        }
        if (reading.has(FIRE)) {
            return "ember";
        }
        if (reading.has(RAIN)) {
            return reading.has(CITY)
                    ? pick(noise, List.of("neon", "storm", "night"))
                    : pick(noise, List.of("storm", "fog", "teal"));
        }
        return season(reading, noise);
    }

    private static String season(Reading reading, Noise noise) {
        if (reading.has(FOG)) {
            return "fog";
        }
        if (reading.has(WINTER, SNOW)) {
            return pick(noise, List.of("winter", "winter", "moonlit"));
        }
        if (reading.has(AUTUMN)) {
            return "autumn";
        }
        if (reading.has(BLOSSOM, SPRING)) {
            return "spring";
        }
        if (reading.has(DARK)) {
            return pick(noise, List.of("night", "storm", "ember"));
        }
        if (reading.has(DAY)) {
            return reading.has(DESERT) ? "desert" : pick(noise, List.of("day", "azure"));
        }
        return place(reading, noise);
    }

    private static String place(Reading reading, Noise noise) {
        if (reading.has(DESERT)) {
            return pick(noise, SANDS);
        }
        if (reading.has(CITY)) {
            return pick(noise, CITIES);
        }
        if (reading.has(SEA, BOAT, SHIP, WHALE, LIGHTHOUSE, BEACH, ISLAND, LAKE, PALM)) {
            return pick(noise, SEAS);
        }
        if (reading.has(MOUNTAIN)) {
            return pick(noise, PEAKS);
        }
        if (reading.has(FOREST)) {
            return pick(noise, WOODS);
        }
        return pick(noise, reading.has(MEADOW, FLOWER, BUTTERFLY, HILL, MILL, HOUSE, TREE) ? FIELDS : ANY);
    }

    private static String pick(Noise noise, List<String> names) {
        return names.get((int) (noise.cell(99, 1) * names.size()));
    }
}
