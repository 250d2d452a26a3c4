package dev.millrace.platform.process;

/** What {@code MILLRACE_SANDBOX} says. */
public enum SandboxMode {
    /** Files from outside are opened inside the box or not at all. */
    REQUIRED,
    /** Everything runs without the box: the operator takes the risk and is warned at each start. */
    OFF
}
