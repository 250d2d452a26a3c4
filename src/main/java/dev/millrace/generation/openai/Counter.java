package dev.millrace.generation.openai;

import dev.millrace.generation.AdmissionGate;
import dev.millrace.generation.Generations;

/** What every call needs that begins something and waits for it. */
record Counter(Generations generations, AdmissionGate gate, Visits visits) {}
