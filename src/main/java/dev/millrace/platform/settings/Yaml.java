package dev.millrace.platform.settings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** A settings file in YAML: maps, lists, texts, numbers and booleans, and nothing that runs. */
public final class Yaml {
    private static final int LARGEST = 1 << 20;
    private static final int DEPTH = 20;

    private Yaml() {}

    /**
     * The file's one document.
     *
     * @throws IllegalArgumentException with words that fit after the setting's name
     */
    public static @Nullable Object read(Path file) {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setMaxAliasesForCollections(0);
        options.setNestingDepthLimit(DEPTH);
        options.setCodePointLimit(LARGEST);
        try {
            if (Files.size(file) > LARGEST) {
                throw new IllegalArgumentException("is larger than " + LARGEST + " bytes");
            }
            String text = Files.readString(file, StandardCharsets.UTF_8);
            return new org.yaml.snakeyaml.Yaml(new SafeConstructor(options)).load(text);
        } catch (IOException failure) {
            throw new IllegalArgumentException("cannot be read: " + file, failure);
        } catch (MarkedYAMLException broken) {
            throw new IllegalArgumentException("is no YAML: " + broken.getProblem() + at(broken), broken);
        } catch (YAMLException broken) {
            throw new IllegalArgumentException("is no YAML: " + broken.getMessage(), broken);
        }
    }

    private static String at(MarkedYAMLException broken) {
        return broken.getProblemMark() == null
                ? ""
                : " in line " + (broken.getProblemMark().getLine() + 1);
    }
}
