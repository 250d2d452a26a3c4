package dev.millrace.platform.embedded;

import dev.millrace.platform.Secret;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** The two commands that show that a Redis is there, is ours and has read its file. */
final class Greeting {
    private static final int MILLIS = 1_000;

    private Greeting() {}

    /** False while it does not listen yet or still loads ({@code -LOADING}), and when somebody else has the port. */
    static boolean answered(int port, Secret password) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(Ports.loopback(), port), MILLIS);
            socket.setSoTimeout(MILLIS);
            socket.getOutputStream()
                    .write(("AUTH " + password.reveal() + "\r\nPING\r\n").getBytes(StandardCharsets.US_ASCII));
            var answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            return "+OK".equals(answers.readLine()) && "+PONG".equals(answers.readLine());
        } catch (IOException notYet) {
            return false;
        }
    }
}
