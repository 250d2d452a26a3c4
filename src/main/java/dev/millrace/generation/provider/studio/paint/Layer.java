package dev.millrace.generation.provider.studio.paint;

/** Something in a scene. */
public interface Layer {
    /**
     * Paints itself over what is there.
     *
     * @param seconds since the beginning of the scene
     */
    void paint(Frame frame, double seconds);
}
