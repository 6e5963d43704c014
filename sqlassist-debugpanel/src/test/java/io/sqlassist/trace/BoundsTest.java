package io.sqlassist.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.trace.Entries.Executed;
import io.sqlassist.trace.Entries.OfConnection;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BoundsTest {

  @Test
  void firstStatementsHaveDetailsMoreAreListedAndAllAreCounted() {
    Recorder recorder = new Recorder(cfg -> cfg.detailedStatements(10).listedStatements(30));
    Recording recording = recorder.begin("many");
    OfConnection connection = Driven.connection(recording);
    SqlShape shape = Driven.shape("select a from t where b = ?");
    for (int i = 0; i < 100; i++) {
      recording.executed(connection, Driven.executed(shape, 1, 5));
    }
    recording.released(connection);
    Trace trace = recording.finish();

    assertThat(trace.statements()).hasSize(30);
    assertThat(trace.statements().get(9).binds()).hasSize(1);
    assertThat(trace.statements().get(9).frames()).hasSize(1);
    assertThat(trace.statements().get(10).binds()).isEmpty();
    assertThat(trace.statements().get(10).frames()).isEmpty();
    assertThat(trace.statements().get(10).hasCompleteBinds()).isFalse();
    assertThat(trace.totals().statements()).isEqualTo(100);
    assertThat(trace.totals().sqlNanos()).isEqualTo(100_000);
    assertThat(trace.fingerprints().get(0).count()).isEqualTo(100);
    assertThat(trace.dropped().bindsAndFrames()).isEqualTo(20);
    assertThat(trace.dropped().statements()).isEqualTo(70);
    assertThat(trace.dropped().reason()).contains("first 10", "first 30");
  }

  @Test
  void snapshotDoesNotChangeWhenTheRecordingGoesOn() {
    Recording recording = new Recorder().begin("going on");
    OfConnection connection = Driven.connection(recording);
    SqlShape shape = Driven.shape("select 1");
    recording.executed(connection, Driven.executed(shape, 0, 0));
    Trace before = recording.snapshot();
    recording.executed(connection, Driven.executed(shape, 0, 0));

    assertThat(before.statements()).hasSize(1);
    assertThat(before.finished()).isFalse();
    assertThat(recording.snapshot().statements()).hasSize(2);
  }

  @Test
  void differentStatementsAreCountedWhenTheyAreTooManyToBeListed() {
    Recording recording = new Recorder().begin("different");
    OfConnection connection = Driven.connection(recording);
    for (int i = 0; i < 1_500; i++) {
      recording.executed(connection, Driven.executed(Driven.shape("select c" + i), 0, 0));
    }
    Trace trace = recording.finish();

    assertThat(trace.fingerprints()).hasSize(1_000);
    assertThat(trace.dropped().fingerprints()).isEqualTo(500);
    assertThat(trace.totals().statements()).isEqualTo(1_500);
  }

  @Test
  void recordingsUnderWayStayWithinTheMemoryToo() {
    long most = 1 << 20;
    Recorder recorder = new Recorder(cfg -> cfg.bytes(most));
    SqlShape shape = Driven.shape("select a from t where b = ?");
    for (int i = 0; i < 50; i++) {
      Recording recording = recorder.begin("r" + i);
      OfConnection connection = Driven.connection(recording);
      for (int j = 0; j < 500; j++) {
        recording.executed(connection, Driven.executed(shape, 4, 100));
      }
      assertThat(recorder.store().bytes()).isLessThanOrEqualTo(most);
      if (i % 2 == 0) {
        recording.finish();
      }
    }
    Trace last = recorder.begin("last").finish();

    assertThat(last.totals().statements()).isZero();
    assertThat(recorder.store().size()).isPositive();
  }

  @Test
  void recordingThatNobodyFinishesGivesItsMemoryBack() throws InterruptedException {
    Recorder recorder = new Recorder(cfg -> cfg.bytes(1 << 18));
    ReferenceQueue<Recording> collected = new ReferenceQueue<>();
    WeakReference<Recording> lost = lose(recorder, collected);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    Reference<? extends Recording> gone;
    do {
      System.gc();
      gone = collected.remove(1_000);
    } while (gone == null && System.nanoTime() < end);
    assertThat(gone).isSameAs(lost);

    while (recorder.store().bytes() > 1 << 17 && System.nanoTime() < end) {
      recorder.begin("next"); // looks for lost ones, which the collector names one by one
    }
    assertThat(recorder.store().bytes()).isLessThan(1 << 17);
  }

  private static WeakReference<Recording> lose(
      Recorder recorder, ReferenceQueue<Recording> collected) {
    Recording recording = recorder.begin("lost");
    OfConnection connection = Driven.connection(recording);
    Executed executed = Driven.executed(Driven.shape("select 1"), 4, 250);
    for (int i = 0; i < 100; i++) {
      recording.executed(connection, executed);
    }
    assertThat(recorder.store().bytes()).isGreaterThan(1 << 17);
    return new WeakReference<>(recording, collected);
  }

  @Test
  void backgroundKeepsTheLastStatements() {
    Recorder recorder = new Recorder();
    Recording background = recorder.current();
    OfConnection connection = Driven.connection(background);
    for (int i = 0; i < 5_000; i++) {
      background.executed(connection, Driven.executed(Driven.shape("select c" + i), 0, 0));
    }
    Trace trace = recorder.background();

    assertThat(trace.statements()).hasSize(200);
    assertThat(trace.statements().get(199).index()).isEqualTo(5_000);
    assertThat(trace.totals().statements()).isEqualTo(5_000);
    assertThat(trace.fingerprints()).hasSizeLessThanOrEqualTo(1_000);
    assertThat(recorder.store().bytes()).isZero();
  }
}
