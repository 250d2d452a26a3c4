package dev.millrace.platform.outbound;

import java.net.UnknownHostException;

/** A name leads to an address that is not for calls from here. */
public final class RefusedAddress extends UnknownHostException {
    private static final long serialVersionUID = 1;

    RefusedAddress(String host) {
        super("the address behind " + host + " is not for calls from here");
    }
}
