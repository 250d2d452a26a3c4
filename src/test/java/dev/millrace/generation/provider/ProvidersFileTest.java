package dev.millrace.generation.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.generation.provider.ProviderConfig.Offer;
import dev.millrace.generation.provider.catalogue.CancelPolicy;
import dev.millrace.platform.settings.Yaml;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProvidersFileTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("ROUTER_KEY", " sk-or-1 ");

    private static final String KINDS =
            Arrays.stream(Protocol.values()).map(Protocol::code).collect(Collectors.joining(", "));

    private final List<String> faults = new ArrayList<>();

    @TempDir
    private Path folder;

    @Test
    void aFileNamesAnyNumberOfProviders() throws IOException {
        List<ProviderConfig> all = read("""
                providers:
                  - name: here
                    kind: openai
                    base_url: http://127.0.0.1:8000/v1/
                    flavour: vllm
                    cancel: free
                    models: [llama-3.3-70b, {name: flux, kind: image}]
                  - {name: router, kind: openai, base_url: "https://openrouter.ai/api/v1", api_key_env: ROUTER_KEY}
                  - {name: second, kind: openai}
                """);

        assertThat(faults).isEmpty();
        assertThat(all).extracting(ProviderConfig::name).containsExactly("here", "router", "second");
        ProviderConfig here = all.getFirst();
        assertThat(here.baseUrl()).isEqualTo(URI.create("http://127.0.0.1:8000/v1"));
        assertThat(here.key()).isNull();
        assertThat(here.terms().flavour()).isEqualTo(Flavour.VLLM);
        assertThat(here.terms().cancel()).isEqualTo(CancelPolicy.FREE);
        assertThat(here.terms().offers())
                .containsExactly(
                        new Offer("llama-3.3-70b", GenerationKind.TEXT), new Offer("flux", GenerationKind.IMAGE));
        ProviderConfig router = all.get(1);
        assertThat(router.key()).isNotNull();
        assertThat(router.key().reveal()).isEqualTo("sk-or-1");
        assertThat(router.terms().flavour()).isEqualTo(Flavour.OPENROUTER);
        assertThat(router.terms().offers()).containsExactly(new Offer("*", GenerationKind.TEXT));
        assertThat(all.get(2).baseUrl()).isEqualTo(Protocol.OPENAI.address());
    }

    @Test
    void everyFaultIsToldAndTheRestIsRead() throws IOException {
        List<ProviderConfig> all = read("""
                providers:
                  - {name: Here, kind: openai}
                  - {name: studio, kind: openai}
                  - {name: openai, kind: openai}
                  - {name: twice, kind: openai}
                  - {name: twice, kind: openai}
                  - {name: a, kind: opanai}
                  - {name: b}
                  - {name: c, kind: openai, base_url: "ftp://x"}
                  - {name: d, kind: openai, api_key_env: NOBODY_SET_IT}
                  - {name: e, kind: openai, api_key: sk-1}
                  - {name: f, kind: openai, flavour: mint, cancel: maybe}
                  - {name: g, kind: openai, models: llama}
                  - {name: h, kind: openai, models: [{name: x, kind: sound}, {nome: x}, "two words"]}
                  - just a text
                  - {name: i, kind: openai, base_url: "http://127.0.0.1:99999/v1"}
                extra: 1
                """);

        assertThat(all).extracting(ProviderConfig::name).containsExactly("twice", "d", "e", "f", "g", "h", "i");
        assertThat(faults)
                .containsExactly(
                        "does not know extra",
                        "providers[0].name must be 1 to 40 of a-z, 0-9, _ and -: it is the prefix of the provider's models",
                        "providers[1].name is taken: studio",
                        "providers[2].name is taken: openai",
                        "providers[4].name is taken: twice",
                        "providers[5].kind must be one of " + KINDS,
                        "providers[6].kind is required",
                        "providers[7].base_url must be an address that begins with http:// or https://",
                        "providers[8].api_key_env names a variable that is not set: NOBODY_SET_IT",
                        "providers[9].api_key is not known here",
                        "providers[10].flavour must be one of openai, vllm, ollama, lmstudio, llamacpp, openrouter, other",
                        "providers[10].cancel must be one of stop, drain, free",
                        "providers[11].models must be a list",
                        "providers[12].models[0] must be a model's name, or {name, kind: text / image / video}",
                        "providers[12].models[1] must be a model's name, or {name, kind: text / image / video}",
                        "providers[12].models[2] must be a model's name, or {name, kind: text / image / video}",
                        "providers[13] must be a map",
                        "providers[14].base_url must have a port of 1 to 65535");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "providers:", "- a", "providers: {}", "hello"})
    void aFileWithoutAListIsAFault(String text) throws IOException {
        assertThat(read(text)).isEmpty();
        assertThat(faults).containsExactly("must hold a list: providers");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "providers: [",
                "a: 1\na: 2",
                "a: &x [1]\nb: *x",
                "!!java.net.URL [\"http://127.0.0.1/\"]",
                "a: 1\n---\nb: 2"
            })
    void whatIsNoPlainYamlIsRefused(String text) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("is no YAML: ");
    }

    @Test
    void aFileThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> Yaml.read(folder.resolve("none.yaml")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cannot be read: ");
    }

    private List<ProviderConfig> read(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("providers.yaml"), text);
        return new ProvidersFile(ENVIRONMENT::get, faults::add, Set.of("openai")).read(Yaml.read(file));
    }
}
