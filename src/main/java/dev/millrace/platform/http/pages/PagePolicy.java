package dev.millrace.platform.http.pages;

import dev.millrace.platform.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a browser lets our pages do. */
final class PagePolicy {
    private static final Pattern IMPORT_MAP =
            Pattern.compile("<script type=\"importmap\">(.*?)</script>", Pattern.DOTALL);

    private PagePolicy() {}

    /**
     * The policy for a page: no script but our files and, by its hash, the import map that stands in it.
     *
     * @param secure clients come over TLS: asking for anything over plain HTTP is then raised to it. On a plain address that is not
     *     loopback the same word would stop every script of the page
     */
    static String of(String html, boolean secure) {
        var scripts = new StringBuilder("'self'");
        Matcher maps = IMPORT_MAP.matcher(html);
        while (maps.find()) {
            scripts.append(" 'sha256-").append(hash(maps.group(1))).append('\'');
        }
        return "default-src 'self'; script-src " + scripts
                + "; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self' blob:"
                + "; connect-src 'self'; object-src 'none'; base-uri 'none'"
                + "; form-action 'self' https://checkout.stripe.com https://billing.stripe.com"
                + "; frame-ancestors 'none'; script-src-attr 'none'"
                + (secure ? "; upgrade-insecure-requests" : "");
    }

    private static String hash(String script) {
        return Base64.getEncoder().encodeToString(Sha256.of(script.getBytes(StandardCharsets.UTF_8)));
    }
}
