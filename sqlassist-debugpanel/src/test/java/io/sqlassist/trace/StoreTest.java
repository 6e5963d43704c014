package io.sqlassist.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.debugpanel.Proves;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StoreTest {

  private static Trace finished(Recorder recorder, String title) {
    return recorder.begin(title).finish();
  }

  private static List<String> titles(Recorder recorder) {
    return recorder.store().list().stream().map(TraceSummary::title).toList();
  }

  @Test
  void newestComeFirstAndTheOldestLeaves() {
    Recorder recorder = new Recorder(cfg -> cfg.requests(3));
    for (int i = 1; i <= 5; i++) {
      finished(recorder, "r" + i);
    }

    assertThat(titles(recorder)).containsExactly("r5", "r4", "r3");
    assertThat(recorder.store().list().get(0).sequence()).isEqualTo(5);
    assertThat(recorder.store().oldestSequence()).isEqualTo(3);
  }

  @Test
  void pinnedTracesStay() {
    Recorder recorder = new Recorder(cfg -> cfg.requests(2).pinned(1));
    Trace first = finished(recorder, "r1");
    assertThat(recorder.store().pin(first.id())).isTrue();
    Trace second = finished(recorder, "r2");
    assertThat(recorder.store().pin(second.id())).isFalse();
    finished(recorder, "r3");
    finished(recorder, "r4");

    assertThat(titles(recorder)).containsExactly("r4", "r1");
    assertThat(recorder.store().list().get(1).pinned()).isTrue();
    recorder.store().clear();
    assertThat(titles(recorder)).containsExactly("r1");
    recorder.store().unpin(first.id());
    recorder.store().clear();
    assertThat(titles(recorder)).isEmpty();
    assertThat(recorder.store().bytes()).isZero();
  }

  @Test
  @Proves("S13")
  void idsAreRandomAndCaseMatters() {
    Recorder recorder = new Recorder();
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      ids.add(finished(recorder, "r").id());
    }

    assertThat(ids).hasSize(200).allMatch(each -> each.matches("[0-9a-f]{32}"));
    String id = ids.stream().filter(each -> each.matches(".*[a-f].*")).findFirst().orElseThrow();
    assertThat(recorder.store().find(id)).isPresent();
    assertThat(recorder.store().find(id.toUpperCase(Locale.ROOT))).isEmpty();
    assertThat(recorder.store().find("unknown")).isEmpty();
  }

  @Test
  void listenersHearOfFinishedTracesAndAFailingOneDisturbsNobody() {
    Recorder recorder = new Recorder();
    List<String> heard = new ArrayList<>();
    recorder
        .store()
        .listen(
            summary -> {
              throw new IllegalStateException("of the listener");
            });
    Runnable stop = recorder.store().listen(summary -> heard.add(summary.get().title()));
    finished(recorder, "first");
    stop.run();
    finished(recorder, "second");

    assertThat(heard).containsExactly("first");
    assertThat(recorder.captureErrors()).isEqualTo(2);
  }

  @Test
  void pausedRecorderKeepsNothing() {
    Recorder recorder = new Recorder();
    recorder.pause(true);
    finished(recorder, "paused");
    recorder.pause(false);
    finished(recorder, "running");

    assertThat(titles(recorder)).containsExactly("running");
  }

  @Test
  void secondFinishChangesNothing() {
    Recorder recorder = new Recorder();
    Recording recording = recorder.begin("once");
    Trace first = recording.finish();
    recording.close();

    assertThat(recorder.store().size()).isEqualTo(1);
    assertThat(recording.snapshot().durationNanos()).isEqualTo(first.durationNanos());
  }
}
