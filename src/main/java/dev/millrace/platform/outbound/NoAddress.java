package dev.millrace.platform.outbound;

import java.net.UnknownHostException;

/** An address that is written like one and leads nowhere. */
public final class NoAddress extends UnknownHostException {
    private static final long serialVersionUID = 1;

    NoAddress(String why) {
        super(why);
    }
}
