package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.SqlAssist;
import io.sqlassist.engine.Verification;
import io.sqlassist.engine.Verification.Finding;
import io.sqlassist.engine.Verification.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of docs/doctor.md. */
class DoctorTest {

  private final List<String> lines = new ArrayList<>();

  @BeforeEach
  void startShop() {
    Shop.startEngines();
  }

  @AfterEach
  void closeShop() {
    Shop.close();
  }

  @Test
  void theShopIsVerified() {
    // tag::verify[]
    Verification verification = SqlAssist.verify();
    if (!verification.of(Severity.ERROR).isEmpty()) {
      throw new IllegalStateException(verification.toString());
    }
    // end::verify[]
    // tag::report[]
    for (Finding finding : verification.of("reader")) {
      lines.add(finding.toString());
    }
    // end::report[]

    // The page's shop has one table; the package of these tests has more.
    Pages.assertShows("doctor.md", lines.get(0).replaceFirst("tables .* more,", "table Book,"));
    assertThat(verification.engines()).containsExactly("writer", "reader", "logger");
    assertThat(lines)
        .singleElement()
        .asString()
        .startsWith("WARNING reader, rights: it is read-only, but its user may write to table");
  }

  @Test
  void limitsCanBeSet() {
    // tag::limits[]
    Verification verification =
        SqlAssist.registry()
            .verify(
                cfg ->
                    cfg.timeLimit(Duration.ofSeconds(3))
                        .clockDifference(Duration.ofMillis(500))
                        .quietly()); // the report is enough
    // end::limits[]

    assertThat(verification.isSound()).isFalse();
  }
}
