package dev.millrace.generation.provider.studio.paint;

/** A colour as it is shown, each part 0 to 1. */
public record Colour(float red, float green, float blue) {
    public static final Colour WHITE = new Colour(1, 1, 1);
    public static final Colour BLACK = new Colour(0, 0, 0);

    /** Reads {@code ffcc00}. */
    public static Colour hex(String text) {
        int value = Integer.parseInt(text, 16);
        return new Colour((value >> 16 & 0xff) / 255f, (value >> 8 & 0xff) / 255f, (value & 0xff) / 255f);
    }

    /** This colour at 0, the other at 1. */
    public Colour mix(Colour other, double share) {
        float s = (float) Math.clamp(share, 0, 1);
        return new Colour(
                red + (other.red - red) * s, green + (other.green - green) * s, blue + (other.blue - blue) * s);
    }

    public Colour lighter(double share) {
        return mix(WHITE, share);
    }

    public Colour darker(double share) {
        return mix(BLACK, share);
    }

    /** Brightness as the eye sees it. */
    public float luma() {
        return 0.2126f * red + 0.7152f * green + 0.0722f * blue;
    }

    /** Its tone in the hue of another colour. */
    public Colour tinted(Colour hue, double share) {
        float scale = luma() / Math.max(0.05f, hue.luma());
        var tinted =
                new Colour(Math.min(1, hue.red * scale), Math.min(1, hue.green * scale), Math.min(1, hue.blue * scale));
        return mix(tinted, share);
    }
}
