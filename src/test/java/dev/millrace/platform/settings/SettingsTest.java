package dev.millrace.platform.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** A name nobody knows is refused, and only one that is nearly right is taken for a slip of the fingers. */
class SettingsTest {
    @Test
    void onlyANameThatIsNearIsSuggested() {
        assertThat(refusalOf("MILL_PROT")).isEqualTo("MILL_PROT is not a setting (did you mean MILL_PORT?)");
        assertThat(refusalOf("MILL_HOSTS")).isEqualTo("MILL_HOSTS is not a setting (did you mean MILL_HOST?)");
        assertThat(refusalOf("MILL_DATABSE_URI"))
                .isEqualTo("MILL_DATABSE_URI is not a setting (did you mean MILL_DATABASE_URL?)");
        assertThat(refusalOf("MILL_FOO")).isEqualTo("MILL_FOO is not a setting");
        assertThat(refusalOf("MILL_PROXY")).isEqualTo("MILL_PROXY is not a setting");
        assertThat(refusalOf("MILL_")).isEqualTo("MILL_ is not a setting");
    }

    @Test
    void theNearestOfSeveralIsSuggested() {
        assertThat(refusalOf("MILL_OPS_POT")).endsWith("(did you mean MILL_OPS_PORT?)");
        assertThat(refusalOf("MILL_OPS_HOSTT")).endsWith("(did you mean MILL_OPS_HOST?)");
    }

    private static String refusalOf(String name) {
        var settings = new Settings("MILL_", Map.of(name, "x"));
        settings.ignore("LOG", "PORT", "HOST", "OPS_HOST", "OPS_PORT", "DATABASE_URL");
        return catchThrowableOfType(BadSettings.class, settings::check).faults().getFirst();
    }
}
