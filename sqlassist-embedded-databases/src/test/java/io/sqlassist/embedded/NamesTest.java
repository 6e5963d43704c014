package io.sqlassist.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "1a", "a b", "a;b", "a'b", "a\"b", "a`b", "a/b", "ä"})
  void nameThatNeedsQuotingIsRefused(String name) {
    assertThatThrownBy(() -> Names.checked(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void uniqueNamesArePlainAndDiffer() {
    String first = Names.unique("test_");

    assertThat(Names.checked(first)).isNotEqualTo(Names.unique("test_"));
  }

  @Test
  void quoteInAPasswordIsDoubled() {
    assertThat(Names.literal("it's")).isEqualTo("'it''s'");
  }

  @Test
  void backslashInAPasswordIsRefusedAndNotRepeated() {
    assertThatThrownBy(() -> Names.literal("secret\\"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("secret");
  }
}
