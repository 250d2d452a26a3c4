package dev.millrace.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The proxies that a relay is compared with: each one process that passes bytes on and knows nothing of them. */
final class RelayPeers implements AutoCloseable {
    private static final String NODE = """
            const http = require('http');
            const agent = new http.Agent({keepAlive: true, maxSockets: Infinity});
            http.createServer((request, response) => {
              const upstream = http.request(
                {host: '127.0.0.1', port: VENDOR, path: request.url, method: request.method, headers: request.headers, agent},
                (answer) => { response.writeHead(answer.statusCode, answer.headers); answer.pipe(response); });
              upstream.on('error', () => response.destroy());
              response.on('close', () => upstream.destroy());
              request.pipe(upstream);
            }).listen(OWN, '127.0.0.1', 8192);
            """;
    private static final String NGINX = """
            daemon off;
            master_process off;
            worker_rlimit_nofile 20000;
            pid FOLDER/nginx.pid;
            error_log FOLDER/error.log;
            events { worker_connections 12000; }
            http {
              access_log off;
              client_body_temp_path FOLDER/body;
              proxy_temp_path FOLDER/proxy;
              fastcgi_temp_path FOLDER/fastcgi;
              uwsgi_temp_path FOLDER/uwsgi;
              scgi_temp_path FOLDER/scgi;
              server {
                listen 127.0.0.1:OWN backlog=8192;
                location / {
                  proxy_pass http://127.0.0.1:VENDOR;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  proxy_buffering off;
                  tcp_nodelay on;
                }
              }
            }
            """;

    private final Process process;
    private final int port;

    private RelayPeers(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** A bare {@code pipe()}. */
    static RelayPeers node(Path folder, int vendor) throws Exception {
        int own = free();
        Path script = folder.resolve("proxy.js");
        Files.writeString(script, filled(NODE, folder, vendor, own));
        return started(List.of("node", script.toString()), folder.resolve("node.log"), own);
    }

    /** nginx without buffering. */
    static RelayPeers nginx(Path folder, int vendor) throws Exception {
        int own = free();
        Path config = folder.resolve("nginx.conf");
        Files.writeString(config, filled(NGINX, folder, vendor, own));
        return started(
                List.of("nginx", "-c", config.toString(), "-p", folder.toString()), folder.resolve("nginx.log"), own);
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static RelayPeers started(List<String> command, Path log, int own) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        for (int look = 0; look < 200; look++) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), own).close();
                return new RelayPeers(process, own);
            } catch (IOException notYet) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
        process.destroyForcibly();
        throw new IllegalStateException("did not start: " + command + "\n" + Files.readString(log));
    }

    private static String filled(String text, Path folder, int vendor, int own) {
        return text.replace("FOLDER", folder.toString())
                .replace("VENDOR", String.valueOf(vendor))
                .replace("OWN", String.valueOf(own));
    }

    private static int free() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
