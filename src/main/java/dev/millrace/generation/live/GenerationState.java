package dev.millrace.generation.live;

import java.math.BigDecimal;
import java.util.UUID;

/** What is told of a generation to whoever watches the whole account. */
record GenerationState(UUID id, String status, String stage, BigDecimal percent) {
    GenerationState in(String newStatus, String newStage) {
        return new GenerationState(id, newStatus, newStage, percent);
    }

    GenerationState at(BigDecimal newPercent) {
        return new GenerationState(id, status, stage, percent.max(newPercent));
    }

    boolean standsAs(GenerationState other) {
        return status.equals(other.status) && stage.equals(other.stage);
    }
}
