package dev.millrace.generation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A chat of OpenAI's protocol, as it is asked for.
 *
 * @param messages as they came
 * @param fields what else it asks for, beyond the options of models: handed on to providers that speak the protocol, refused by
 *     all others
 */
public record ChatAsked(JsonNode messages, ObjectNode fields) {}
