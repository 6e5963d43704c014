package io.sqlassist.trace;

import io.sqlassist.trace.Entries.OfSession;
import org.hibernate.SessionEventListener;

/** Tells which session a connection is acquired for, and writes down its flushes. */
final class RecordedSession implements SessionEventListener {

  private static final long serialVersionUID = 1L;

  private final transient Recorder recorder;
  private final transient OfSession session;
  private long flushStart;
  private long autoFlushStart;

  RecordedSession(Recorder recorder, OfSession session) {
    this.recorder = recorder;
    this.session = session;
  }

  @Override
  public void jdbcConnectionAcquisitionStart() {
    recorder.beginAcquisition(session);
  }

  @Override
  public void jdbcConnectionAcquisitionEnd() {
    guarded(recorder::endAcquisition);
  }

  @Override
  public void cacheGetEnd(boolean hit) {
    if (hit) {
      guarded(() -> session.recording.answeredByCache(session));
    }
  }

  @Override
  public void flushStart() {
    flushStart = System.nanoTime();
  }

  @Override
  public void flushEnd(int numberOfEntities, int numberOfCollections) {
    flushed(flushStart, false, numberOfEntities, numberOfCollections);
  }

  @Override
  public void partialFlushStart() {
    autoFlushStart = System.nanoTime();
  }

  /** Comes before every query; with no entity there was nothing to flush. */
  @Override
  public void partialFlushEnd(int numberOfEntities, int numberOfCollections) {
    if (numberOfEntities > 0) {
      flushed(autoFlushStart, true, numberOfEntities, numberOfCollections);
    }
  }

  private void flushed(long start, boolean auto, int entities, int collections) {
    guarded(
        () ->
            session.recording.flushed(
                session, start, System.nanoTime(), auto, entities, collections));
  }

  /** What fails in here must not reach Hibernate, which is in the middle of something. */
  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      recorder.captureFailed(e);
    }
  }
}
