package io.sqlassist.debugpanel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ActivationTest {

  private static final String PATH = "/__sqlassist";

  private static Optional<String> refusal(String property, Map<String, String> environment) {
    return new Activation(property, environment).refusal(List.of(), PATH);
  }

  @Test
  void withoutAModeThePanelStaysOff() {
    assertThat(refusal(null, Map.of())).get().asString().contains("SQLASSIST_MODE");
  }

  @Test
  void theSystemPropertyOrTheEnvironmentCanSwitchItOn() {
    assertThat(refusal("dev", Map.of())).isEmpty();
    assertThat(refusal(null, Map.of("SQLASSIST_MODE", "dev"))).isEmpty();
    assertThat(refusal("dev", Map.of("SQLASSIST_MODE", "dev"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "prod", "DEV", "dev ", "development", "true"})
  void everyOtherModeIsOff(String mode) {
    assertThat(refusal(mode, Map.of())).isPresent();
    assertThat(refusal(null, Map.of("SQLASSIST_MODE", mode))).isPresent();
  }

  @Test
  void modesThatContradictEachOtherAreOff() {
    assertThat(refusal("dev", Map.of("SQLASSIST_MODE", "prod"))).isPresent();
    assertThat(refusal("prod", Map.of("SQLASSIST_MODE", "dev"))).isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "APP_ENV,production",
    "NODE_ENV,PROD",
    "RAILS_ENV,staging",
    "ENVIRONMENT,prod-eu",
    "KUBERNETES_SERVICE_HOST,10.0.0.1",
    "K_SERVICE,shop",
    "AWS_LAMBDA_FUNCTION_NAME,shop",
    "DYNO,web.1",
    "WEBSITE_INSTANCE_ID,1"
  })
  void whatLooksLikeProductionKeepsItOffUnlessItIsIgnoredByName(String name, String value) {
    Activation here = new Activation("dev", Map.of(name, value));

    assertThat(here.refusal(List.of(), PATH)).get().asString().contains(name);
    assertThat(here.refusal(List.of("OTHER"), PATH)).isPresent();
    assertThat(here.refusal(List.of(name), PATH)).isEmpty();
  }

  @Test
  void environmentsOfDevelopmentAreNoReason() {
    assertThat(refusal("dev", Map.of("APP_ENV", "test", "ENVIRONMENT", "local", "DYNO", "")))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "", "panel", "/a b", "/a/", "/a\"b", "/{x}", "/<x>", "//x"})
  void aPathThatIsNotUsableKeepsItOff(String path) {
    assertThat(new Activation("dev", Map.of()).refusal(List.of(), path)).isPresent();
  }
}
