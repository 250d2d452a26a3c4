package dev.millrace.credits;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import dev.millrace.platform.Micros;
import java.io.IOException;

/** Micro-credits in a record are credits in its JSON, exactly and both ways. */
final class CreditsJson {
    private CreditsJson() {}

    static final class Writer extends StdScalarSerializer<Long> {
        Writer() {
            super(Long.class);
        }

        @Override
        public void serialize(Long micros, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeNumber(Micros.credits(micros));
        }
    }

    static final class Reader extends StdScalarDeserializer<Long> {
        Reader() {
            super(Long.class);
        }

        @Override
        public Long deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return in.getDecimalValue().movePointRight(6).longValueExact();
        }
    }
}
