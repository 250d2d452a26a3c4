package dev.millrace.generation.provider.studio.scene;

/** What a prompt can name. The words for each are in {@code vocabulary.txt}. */
enum Motif {
    // where
    SEA, LAKE, BEACH, ISLAND, MOUNTAIN, HILL, FOREST, MEADOW, DESERT, CITY, SPACE, UNDERWATER, WINTER,
    // when
    DAWN, DAY, SUNSET, NIGHT, AUTUMN, SPRING,
    // above
    SUN, MOON, STARS, AURORA, CLOUDS, RAINBOW, PLANET,
    // weather and moods
    STORM, RAIN, SNOW, FOG, WIND, FIRE, CALM, DARK,
    // figures
    PAPER, BOAT, SHIP, BALLOON, LIGHTHOUSE, HOUSE, CASTLE, TREE, PALM, BLOSSOM, FLOWER, BIRD, BUTTERFLY, WHALE, FISH, CAT,
    ROCKET, LANTERN, PERSON, FIREFLY, MILL, TRAIN,
    // not of this world
    ABSTRACT, GEOMETRY, SILK
}
