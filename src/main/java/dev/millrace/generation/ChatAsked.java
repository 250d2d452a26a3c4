package dev.millrace.generation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A chat of OpenAI's protocol, as it is asked for.
 *
 * @param messages as they came
 * @param fields what else it asks for, beyond the options of models: handed on to providers that speak the protocol, refused by
 *     all others
 * @param once whether its client cannot take back what he heard, and cannot come back for another answer
 */
public record ChatAsked(JsonNode messages, ObjectNode fields, boolean once) {
    /** The same of a client who can come back. */
    public ChatAsked repeatable() {
        return new ChatAsked(messages, fields, false);
    }
}
