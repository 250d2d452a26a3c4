/*
 * Stands in for a desktop library that the bundled FFmpeg names but never calls: capture devices of PulseAudio, ALSA and X11.
 * The loader only asks that the file is there, and that it knows the version names in the map beside it.
 */
