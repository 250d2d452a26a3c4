package dev.millrace.generation.openai;

import dev.millrace.generation.events.Frame;
import dev.millrace.generation.events.GenerationEvent;

/** A client that wants the whole answer at once: it hears the end, and calls to tools, which are told in events alone. */
final class Waiting implements Guest {
    private final Ending ending = new Ending();
    private final ToolCalls toolCalls = new ToolCalls();

    @Override
    public Ending ending() {
        return ending;
    }

    ToolCalls toolCalls() {
        return toolCalls;
    }

    @Override
    public void mayLeave(Runnable leave) {
        // it goes when its connection does
    }

    @Override
    public boolean heardTheEnd() {
        return ending.isOver();
    }

    @Override
    public void tell(Frame frame) {
        if (frame.isTerminal()) {
            ending.over();
        } else if (frame.isReset()) {
            toolCalls.clear();
        } else if (frame.event().equals(GenerationEvent.TOOL_CALL)) {
            toolCalls.add(frame.data());
        }
    }

    @Override
    public void flush() {
        // nothing goes out before the end
    }

    @Override
    public void silence() {
        // nothing goes out before the end
    }

    @Override
    public void part(Parting why) {
        ending.part(why);
    }
}
