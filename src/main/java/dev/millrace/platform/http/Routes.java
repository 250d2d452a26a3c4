package dev.millrace.platform.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The routes of one room. */
@FunctionalInterface
public interface Routes {
    List<Route> routes();

    /** Whose manners are kept there; null for the house's own. */
    default @Nullable Face face() {
        return null;
    }
}
