package dev.millrace.accounts;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a session is used with; the refresh token is absent where it travels in a cookie. */
record TokenSet(
        String accessToken,
        String tokenType,
        long expiresIn,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String refreshToken,
        UUID sessionId) {
    @Override
    public String toString() {
        return "TokenSet of session " + sessionId;
    }
}
