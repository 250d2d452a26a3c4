package dev.millrace.generation.provider;

/**
 * One turn of a conversation.
 *
 * @param role {@code system}, {@code user} or {@code assistant}; of a chat with tools also {@code tool}
 */
public record Message(String role, String content) {
    public static Message user(String content) {
        return new Message("user", content);
    }
}
