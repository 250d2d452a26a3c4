package dev.millrace.platform.embedded;

import dev.millrace.platform.CannotStart;
import java.nio.file.Path;

/** Another server owns the data folder. */
public final class DataFolderInUse extends CannotStart {
    private static final long serialVersionUID = 1L;

    DataFolderInUse(Path folder, String owner) {
        super("Another Millrace server" + (owner.isEmpty() ? "" : " (process " + owner + ")") + " uses the data folder "
                + folder + ". Stop it first, or set MILLRACE_DATA_DIR to another folder.");
    }
}
