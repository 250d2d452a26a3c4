package dev.millrace.generation.events;

import java.util.ArrayList;
import java.util.List;

/** The readers at one source. Not thread-safe: the source guards it. */
final class Audience {
    private List<Reader> readers = List.of();

    void add(Reader reader) {
        var more = new ArrayList<Reader>(readers.size() + 1);
        more.addAll(readers);
        more.add(reader);
        readers = more;
    }

    void remove(Reader reader) {
        var fewer = new ArrayList<>(readers);
        fewer.remove(reader);
        readers = fewer.isEmpty() ? List.of() : fewer;
    }

    boolean isEmpty() {
        return readers.isEmpty();
    }

    void tell(Frame frame) {
        for (int i = 0; i < readers.size(); i++) {
            readers.get(i).offer(frame);
        }
    }

    void signal(Reader.Signal why) {
        readers.forEach(reader -> reader.signal(why));
    }
}
