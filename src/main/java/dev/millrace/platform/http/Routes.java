package dev.millrace.platform.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The routes of one room. */
@FunctionalInterface
public interface Routes {
    List<Route> routes();

    /** How refusals are said there; null for the house's own words. */
    default @Nullable Wording wording() {
        return null;
    }
}
