package io.sqlassist.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.benchmarks.Comparison.Goal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SuiteTest {

  private static final Comparison<String> A = compared("a", "ours", "by hand");
  private static final Comparison<String> B = compared("b", "ours", "another");

  private final List<List<String>> measured = new ArrayList<>();

  private static Comparison<String> compared(String id, String subject, String baseline) {
    return new Comparison<>(id, "Title", Goal.NONE, subject, baseline);
  }

  /** Takes as many nanoseconds as the name of an arm is long. */
  private class Fake implements Measurement<String> {

    private final List<Comparison<String>> comparisons;

    Fake(List<Comparison<String>> comparisons) {
      this.comparisons = comparisons;
    }

    @Override
    public List<Comparison<String>> comparisons() {
      return comparisons;
    }

    @Override
    public Map<String, Cost> measure(List<String> arms, Databases databases, Effort effort) {
      measured.add(arms);
      Map<String, Cost> costs = new HashMap<>();
      arms.forEach(arm -> costs.put(arm, Cost.of(arm.length())));
      return costs;
    }
  }

  private static List<Summary> run(String filter, int rounds, Measurement<?>... all)
      throws Exception {
    return Suite.run(filter, List.of(all), rounds, Effort.QUICK);
  }

  @Test
  void anArmOfSeveralComparisonsIsMeasuredOnceInARound() throws Exception {
    List<Summary> summaries = run(".*", 1, new Fake(List.of(A, B)));

    assertThat(measured)
        .singleElement()
        .satisfies(
            arms -> assertThat(arms).containsExactlyInAnyOrder("ours", "by hand", "another"));
    assertThat(summaries).extracting(each -> each.of(Sample::speed).median()).contains(7 / 4.0);
  }

  @Test
  void onlyTheArmsOfWhatIsChosenAreMeasured() throws Exception {
    assertThat(run("b", 1, new Fake(List.of(A, B)))).extracting(Summary::comparison).hasSize(1);
    assertThat(measured.get(0)).containsExactlyInAnyOrder("ours", "another");
  }

  @Test
  void theOrderChangesFromRoundToRound() throws Exception {
    run(".*", 2, new Fake(List.of(A)));

    assertThat(measured.get(0)).isNotEqualTo(measured.get(1)).hasSize(2);
  }

  @Test
  void whatFailsFailsTheRunAfterAllTheOthersWereMeasured() {
    Measurement<String> failing =
        new Fake(List.of(A)) {
          @Override
          public Map<String, Cost> measure(List<String> arms, Databases databases, Effort effort) {
            throw new IllegalStateException("no port");
          }
        };

    assertThatThrownBy(() -> run(".*", 2, failing, new Fake(List.of(B)))).hasMessage("no port");
    assertThat(measured).hasSize(2);
  }

  @Test
  void whatCannotRunHereIsSaidAndNotTried() throws Exception {
    Measurement<String> impossible =
        new Fake(List.of(A)) {
          @Override
          public Optional<String> obstacle() {
            return Optional.of("needs more");
          }
        };

    assertThat(run(".*", 2, impossible))
        .extracting(Summary::obstacle)
        .containsExactly("needs more");
    assertThat(measured).isEmpty();
  }

  @Test
  void aFilterThatChoosesNothingNamesWhatThereIs() {
    assertThatThrownBy(() -> run("c", 1, new Fake(List.of(A, B)))).hasMessageContaining("[a, b]");
  }
}
