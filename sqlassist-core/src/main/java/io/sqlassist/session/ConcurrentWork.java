package io.sqlassist.session;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of work that run at the same time, each in a unit of work of its own, while the thread
 * that asked for them waits. That thread alone starts them, learns of their ends, and stops them;
 * the others leave word for it in a mailbox.
 */
final class ConcurrentWork<T extends @Nullable Object, X extends Exception> {

  private final DbSessionsContainer outer;
  private final Unit outerUnit;
  private final List<UnitFunction<? extends T, ? extends X>> work;
  private final PieceThreads threads;
  private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();
  private final BlockingQueue<Runnable> mailbox = new LinkedBlockingQueue<>();

  /** Changed by the thread that waits only. */
  private final Set<Piece> running = ConcurrentHashMap.newKeySet();

  private final List<@Nullable T> results;
  private @Nullable Throwable failure;
  private int next;
  private boolean interrupted;

  ConcurrentWork(
      DbSessionsContainer outer,
      Unit outerUnit,
      List<UnitFunction<? extends T, ? extends X>> work) {
    this.outer = outer;
    this.outerUnit = outerUnit;
    this.work = work;
    this.threads = PieceThreads.get();
    this.results = new ArrayList<@Nullable T>(Collections.<@Nullable T>nCopies(work.size(), null));
  }

  /**
   * The unit that waits may no longer be used; may be called by any thread, and again. Does not
   * leave the stopping to the thread that waits: if that is a virtual one, the pieces may keep it
   * from running.
   */
  void cancel() {
    mailbox.add(this::failAsTheOuterUnitDoes); // first: a piece that was stopped fails of that
    running.forEach(piece -> piece.stop("the unit of work around it was ended"));
  }

  List<T> run() throws X {
    List<DbSessionsContainer> onThisThread = unitsOnThisThread();
    HeldConnections own = HeldConnections.of(onThisThread);
    HeldConnections around = HeldConnections.NONE;
    for (DbSessionsContainer unit : onThisThread) {
      if (unit.origin() instanceof PieceOrigin piece) {
        around = around.and(piece.held());
      }
    }
    HeldConnections held = own.and(around);
    WaitingUnits.enter(own, around);
    try {
      runAll(held);
    } finally {
      WaitingUnits.leave(own);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    return resultsOrFailure();
  }

  /** Those around this one wait as well, and hold what they hold. */
  private List<DbSessionsContainer> unitsOnThisThread() {
    List<DbSessionsContainer> units = CurrentUnit.all();
    if (!units.contains(outer)) {
      units.add(outer); // handed over from another thread
    }
    return units;
  }

  private void runAll(HeldConnections held) {
    int most = outerUnit.isLent() ? 1 : held.piecesAtOnce(outer.registry());
    while (true) {
      if (Thread.interrupted()) {
        failAsInterrupted();
      }
      while (failure == null && next < work.size() && running.size() < most && startNext(held)) {
        // until as many run as may
      }
      if (running.isEmpty()) {
        return;
      }
      try {
        mailbox.take().run();
      } catch (InterruptedException e) {
        failAsInterrupted();
      }
    }
  }

  /** The first needs no reservation: calls inside of pieces must not wait for those outside. */
  private boolean startNext(HeldConnections held) {
    boolean reserved = !running.isEmpty();
    if (reserved && !threads.reserve()) {
      return false;
    }
    Piece piece = new Piece(next, reserved, held);
    next++;
    running.add(piece);
    try {
      threads.start(piece);
    } catch (RuntimeException | Error e) {
      ended(piece);
      fail(e);
    }
    return true;
  }

  private void ended(Piece piece) {
    running.remove(piece);
    if (piece.reserved) {
      threads.giveBack();
    }
    results.set(piece.index, piece.result);
    if (piece.failure != null) {
      fail(piece.failure);
    }
  }

  private void failAsInterrupted() {
    interrupted = true;
    fail(
        new CancellationException(
            "The thread '"
                + Thread.currentThread().getName()
                + "' was interrupted while it waited in concurrently(...); the pieces of work that"
                + " had not committed are rolled back."));
  }

  private void failAsTheOuterUnitDoes() {
    if (failure == null) {
      try {
        outerUnit.guard().check();
      } catch (RuntimeException e) {
        fail(e);
      }
    }
  }

  private void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
      running.forEach(
          piece -> piece.stop("concurrently(...) failed: " + cause.getClass().getName()));
    } else {
      CleanUp.add(failure, cause);
    }
  }

  /** What a piece throws is what it may throw: an X, or nothing checked. */
  @SuppressWarnings("unchecked")
  private List<T> resultsOrFailure() throws X {
    CleanUp.throwIfAny(failure);
    if (failure != null) {
      throw (X) failure;
    }
    return Collections.unmodifiableList(results);
  }

  private final class Piece implements Runnable {

    private final int index;
    private final boolean reserved;
    private final DbSessionsContainer db;
    private final Unit unit;
    private @Nullable T result;
    private @Nullable Throwable failure;

    Piece(int index, boolean reserved, HeldConnections held) {
      this.index = index;
      this.reserved = reserved;
      this.db =
          new DbSessionsContainer(
              outer.registry(), new PieceOrigin(outer, index + 1, work.size(), held));
      this.unit = db.unit();
    }

    @Override
    public void run() {
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      try {
        thread.setContextClassLoader(classLoader);
        CurrentUnit.enter(db);
        result = Units.inUnit(db, work.get(index));
      } catch (Throwable t) {
        failure = t;
      } finally {
        CurrentUnit.clear();
        thread.setContextClassLoader(before);
        mailbox.add(() -> ended(this));
      }
    }

    void stop(String reason) {
      unit.stop(
          () ->
              new CancellationException(
                  "The unit of work '"
                      + db.origin().label()
                      + "' was cancelled and is rolled back, because "
                      + reason
                      + "."));
    }
  }
}
