package dev.millrace.platform.http.input;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import java.util.List;

/** JSON Pointers (RFC 6901) to where a body is at fault. Their text is the client's, so it is cut at a length. */
final class Pointers {
    private static final int LONGEST = 256;

    private Pointers() {}

    static String child(String parent, String name) {
        String escaped = name.indexOf('~') < 0 && name.indexOf('/') < 0
                ? name
                : name.replace("~", "~0").replace("/", "~1");
        return cut(parent + "/" + escaped);
    }

    static String child(String parent, int index) {
        return cut(parent + "/" + index);
    }

    static String of(List<JsonMappingException.Reference> path) {
        String pointer = "";
        for (JsonMappingException.Reference step : path) {
            pointer =
                    step.getFieldName() == null ? child(pointer, step.getIndex()) : child(pointer, step.getFieldName());
        }
        return pointer;
    }

    /** Components are named in camelCase, their fields on the wire in snake_case. */
    static String of(Path path) {
        String pointer = "";
        for (Path.Node node : path) {
            if (node.getKey() != null) {
                pointer = child(pointer, String.valueOf(node.getKey()));
            } else if (node.getIndex() != null) {
                pointer = child(pointer, node.getIndex());
            }
            if (node.getKind() == ElementKind.PROPERTY) {
                pointer = child(pointer, PropertyNamingStrategies.SnakeCaseStrategy.INSTANCE.translate(node.getName()));
            }
        }
        return pointer;
    }

    static String cut(String pointer) {
        return pointer.length() <= LONGEST ? pointer : pointer.substring(0, LONGEST);
    }
}
