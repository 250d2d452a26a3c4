package dev.millrace.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** nginx in front of several nodes, with its buffering left on as people leave it, and WebSocket passed through. */
public final class Nginx implements AutoCloseable {
    private final Path folder;
    private final int port;
    private final Process process;

    private Nginx(Path folder, int port, Process process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    public static Nginx inFrontOf(List<URI> nodes) {
        try {
            Path folder = Files.createTempDirectory("millrace-nginx");
            int port = freePort();
            Path config = Files.writeString(folder.resolve("nginx.conf"), config(folder, port, nodes));
            Process process = new ProcessBuilder("nginx", "-p", folder.toString(), "-c", config.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("nginx.out").toFile())
                    .start();
            var nginx = new Nginx(folder, port, process);
            Waiting.until("nginx", Duration.ofSeconds(20), nginx::answers);
            return nginx;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + port);
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
        TestServices.delete(folder);
    }

    private boolean answers() {
        try {
            if (!process.isAlive()) {
                throw new AssertionError("nginx ended: " + Files.readString(folder.resolve("nginx.out")));
            }
            return Api.anonymous(address()).get("/health/live").status() == 200;
        } catch (IOException | UncheckedIOException notYet) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String config(Path folder, int port, List<URI> nodes) {
        String servers = nodes.stream()
                .map(node -> "server " + node.getAuthority() + " max_fails=1 fail_timeout=2s;")
                .collect(Collectors.joining("\n        "));
        return """
                daemon off;
                worker_processes 1;
                pid %1$s/nginx.pid;
                error_log stderr warn;
                events {
                    worker_connections 1024;
                }
                http {
                    access_log off;
                    client_body_temp_path %1$s/body;
                    proxy_temp_path %1$s/proxy;
                    fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi;
                    scgi_temp_path %1$s/scgi;
                    upstream nodes {
                        %3$s
                    }
                    map $http_upgrade $connection_upgrade {
                        default upgrade;
                        ''      '';
                    }
                    server {
                        listen 127.0.0.1:%2$d;
                        location / {
                            proxy_pass http://nodes;
                            proxy_http_version 1.1;
                            proxy_set_header Host $http_host;
                            proxy_set_header X-Forwarded-For $remote_addr;
                            proxy_set_header Upgrade $http_upgrade;
                            proxy_set_header Connection $connection_upgrade;
                        }
                    }
                }
                """.formatted(folder, port, servers);
    }
}
