package io.sqlassist.debugpanel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentSecurityTest {

  private static final String ORIGIN = "http://localhost:7070";

  private static ContentSecurity of(String... policies) {
    return ContentSecurity.of(List.of(policies), ORIGIN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "img-src 'none'",
        "default-src 'self'",
        "script-src 'self'",
        "script-src *",
        "script-src http:",
        "script-src http://localhost:7070",
        "script-src localhost:7070 'unsafe-inline'",
        "default-src 'none'; script-src 'self'",
        "default-src 'none'; SCRIPT-SRC-ELEM 'SELF'; script-src 'none'"
      })
  void theseLetAScriptOfTheSameOriginRun(String policy) {
    assertThat(of(policy)).isEqualTo(new ContentSecurity(true, ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "default-src 'none'",
        "script-src 'none'",
        "script-src https:",
        "script-src https://cdn.example",
        "script-src 'self' 'strict-dynamic'",
        "script-src 'sha256-abc'",
        "script-src-elem 'none'; script-src 'self'"
      })
  void theseDoNot(String policy) {
    assertThat(of(policy).allowed()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "script-src 'nonce-abc+/=',abc+/=",
    "script-src 'strict-dynamic' 'nonce-x1',x1",
    "default-src 'NONCE-Aa'; img-src *,Aa"
  })
  void aNonceIsUsed(String policy, String nonce) {
    assertThat(of(policy)).isEqualTo(new ContentSecurity(true, nonce));
  }

  @Test
  void aNonceThatWouldBreakOutOfItsAttributeIsNot() {
    assertThat(of("script-src 'nonce-\"><img'").allowed()).isFalse();
  }

  @Test
  void allPoliciesMustAgree() {
    assertThat(of("script-src 'self'", "script-src 'none'").allowed()).isFalse();
    assertThat(of("script-src 'self', script-src 'none'").allowed()).isFalse();
    assertThat(of("script-src 'self'", "script-src 'nonce-a'"))
        .isEqualTo(new ContentSecurity(true, "a"));
    assertThat(of("script-src 'nonce-b'", "script-src 'nonce-a'").allowed()).isFalse();
  }
}
