package io.sqlassist.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShopConfigTest {

  @Test
  void nothingSetMeansH2OnPort7070() {
    assertThat(ShopConfig.from(Map.of())).isEqualTo(new ShopConfig(7070, false, null));
    assertThat(ShopConfig.from(Map.of("PORT", "", "SHOP_DATABASES", " ", "SHOP_DATA", "")))
        .isEqualTo(new ShopConfig(7070, false, null));
  }

  @Test
  void eachVariableIsHeard(@TempDir Path data) {
    assertThat(
            ShopConfig.from(
                Map.of("PORT", "0", "SHOP_DATABASES", "servers", "SHOP_DATA", data.toString())))
        .isEqualTo(new ShopConfig(0, true, data));
    assertThat(ShopConfig.from(Map.of("SHOP_DATABASES", "embedded")).servers()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "-1", "65536", "7070x", "999999999999", "7.0"})
  void refusesAPortThatIsNone(String port) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ShopConfig.from(Map.of("PORT", port)))
        .withMessageContainingAll("PORT", port, "0 to 65535");
  }

  @Test
  void refusesDatabasesThatItDoesNotKnow() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ShopConfig.from(Map.of("SHOP_DATABASES", "oracle")))
        .withMessageContainingAll("SHOP_DATABASES", "oracle", "embedded", "servers");
  }

  @Test
  void refusesDataInAFile(@TempDir Path directory) throws Exception {
    Path file = Files.createFile(directory.resolve("file"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ShopConfig.from(Map.of("SHOP_DATA", file.toString())))
        .withMessageContainingAll("SHOP_DATA", file.toString(), "directory");
  }
}
