package dev.millrace.platform.settings;

import java.util.List;

/** The settings cannot be used; the message lists every fault, one a line. */
@SuppressWarnings("serial")
public final class BadSettings extends RuntimeException {
    private final List<String> faults;

    BadSettings(List<String> faults) {
        super("The settings are not right:\n  " + String.join("\n  ", faults), null, false, false);
        this.faults = List.copyOf(faults);
    }

    public List<String> faults() {
        return faults;
    }
}
