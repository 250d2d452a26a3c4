package dev.millrace.platform.jobs;

import java.time.Duration;

/** What a worker decided. An exception instead means: try again later, or bury the job when this was its last attempt. */
public sealed interface Outcome {
    Outcome DONE = new Done();

    /** It is done. Nothing more is written when the worker completed the attempt in a transaction of its own. */
    record Done() implements Outcome {}

    /** Not yet: run it again after a while. This run does not count as an attempt. */
    record Snooze(Duration delay) implements Outcome {}

    /** It can never work: bury it now, whatever attempts are left. */
    record GiveUp(String reason) implements Outcome {}
}
