package dev.millrace.platform.process;

import java.util.List;
import java.util.function.Function;

/**
 * One run of a boxed program.
 *
 * @param arguments made when it is known where the run sees its files
 */
public record Command(Program program, Box box, Limits limits, Function<Place, List<String>> arguments) {}
