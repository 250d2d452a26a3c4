package dev.millrace.platform.http.pages;

import java.nio.charset.StandardCharsets;

/** The frame of the few pages that are written by the server. */
final class Html {
    private Html() {}

    /** A page; {@code body} is HTML, the title is text. */
    static Asset page(String title, String body) {
        String html = """
            <!doctype html>
            <html lang="en">
              <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <title>%s - Millrace</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href="/docs/docs.css" />
              </head>
              <body>
                <header><a href="/">Millrace</a> <nav><a href="/docs">Documentation</a> <a href="/licenses">Licences</a></nav></header>
                <main>
                  <h1>%s</h1>
            %s
                </main>
              </body>
            </html>
            """.formatted(escape(title), escape(title), body);
        return Asset.of(html.getBytes(StandardCharsets.UTF_8), FileType.HTML);
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
