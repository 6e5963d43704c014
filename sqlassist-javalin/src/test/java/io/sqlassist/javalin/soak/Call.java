package io.sqlassist.javalin.soak;

import io.javalin.http.Context;
import io.sqlassist.javalin.SqlAssistPlugin;
import io.sqlassist.javalin.fixture.Eventually;
import io.sqlassist.javalin.soak.Tables.Audit;
import io.sqlassist.javalin.soak.Tables.Entry;
import io.sqlassist.javalin.soak.Tables.Taken;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitEndedException;
import jakarta.persistence.PersistenceException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One request on the server's side, and what its handler can do. */
final class Call {

  private static final Duration TIME_OUT = Duration.ofMillis(120);
  private static final Duration SHORT_TIME_OUT = Duration.ofMillis(25);

  final Context ctx;
  final int request;
  private final Soak soak;
  private final DbSessionsContainer db;

  Call(Context ctx, int request, Soak soak) {
    this.ctx = ctx;
    this.request = request;
    this.soak = soak;
    this.db = ctx.with(SqlAssistPlugin.class);
  }

  Call write() {
    db.writer().persist(new Entry(request));
    db.writer().flush();
    return this;
  }

  Call book() {
    db.session("ledger").persist(new Entry(request));
    return this;
  }

  Call log() {
    db.logger().persist(new Audit(request));
    return this;
  }

  Call read() {
    rowsOf(request);
    return this;
  }

  /** Answers whether the reader sees what an earlier request of the same client wrote. */
  void find() {
    int other = Integer.parseInt(ctx.queryParam("of"));
    ctx.result("rows " + rowsOf(other));
  }

  private long rowsOf(int other) {
    return db.reader()
        .createSelectionQuery("select count(*) from Entry where request = :request", Long.class)
        .setParameter("request", other)
        .getSingleResult();
  }

  Call violate() {
    try {
      db.writer().persist(new Taken(1));
      db.writer().flush();
      soak.problems.add("request " + request + ": the key was not taken");
    } catch (PersistenceException e) {
      // swallowed, as handlers do
    }
    return this;
  }

  Call commit() {
    db.commit();
    return this;
  }

  void doom() {
    db.doom();
    ctx.result("tried");
  }

  Call refuseCommit() {
    CommitFaults.refuseCommit(db.writer());
    return this;
  }

  Call refuseSecondCommit() {
    db.session("ledger").flush();
    CommitFaults.refuseCommit(db.session("ledger"));
    return this;
  }

  Call breakCommit() {
    CommitFaults.breakCommit(db.writer());
    return this;
  }

  Call status(int status) {
    ctx.status(status);
    return this;
  }

  Call answer(int status) {
    ctx.status(status).header("Location", "/" + request).result("done " + request);
    return this;
  }

  Call answerMuch() {
    ctx.result(new String(body(150_000), StandardCharsets.US_ASCII));
    return this;
  }

  void redirect() {
    ctx.redirect("/elsewhere");
  }

  void skip() {
    ctx.skipRemainingHandlers();
  }

  void fail(RuntimeException failure) {
    throw failure;
  }

  void fail(Error failure) {
    throw failure;
  }

  /** Sends the beginning of an answer, so that it can't be taken back. */
  Call stream(int length) throws IOException {
    OutputStream out = ctx.outputStream();
    byte[] body = body(length);
    int half = length / 2;
    out.write(body, 0, half);
    ctx.res().flushBuffer(); // the stream of Javalin does not flush
    out.write(body, half, length - half);
    return this;
  }

  /** An answer that has begun, but is small enough to be taken back. */
  Call buffer(int length) throws IOException {
    ctx.outputStream().write(body(length));
    return this;
  }

  private byte[] body(int length) {
    byte[] body = new byte[length];
    for (int i = 0, noise = request; i < length; i++) {
      noise = noise * 1_103_515_245 + 12_345;
      body[i] = (byte) (' ' + (noise >>> 16) % 90); // hard to compress
    }
    byte[] beginning = ("done " + request + "\n").getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(beginning, 0, body, 0, beginning.length);
    return body;
  }

  /** Streams until the client has gone, and then until that is noticed. */
  void streamUntilGone() throws Exception {
    OutputStream out = ctx.outputStream();
    out.write(body(20_000));
    ctx.res().flushBuffer();
    CountDownLatch gone = soak.gone.get(request);
    if (!gone.await(60, TimeUnit.SECONDS)) {
      soak.problems.add("request " + request + ": the client stays");
    }
    byte[] more = new byte[50_000];
    for (int i = 0; i < 200; i++) {
      out.write(more);
    }
    soak.problems.add("request " + request + ": nobody noticed that the client has gone");
  }

  void later(Kind.Work work) {
    ctx.future(() -> inWorker(work));
  }

  private CompletableFuture<Void> inWorker(Kind.Work work) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            work.doFor(this);
          } catch (RuntimeException | Error e) {
            throw e;
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        },
        soak.workers);
  }

  private void laterWithin(Duration timeOut, Kind.Work work) {
    ctx.future(
        () -> {
          ctx.req().getAsyncContext().setTimeout(timeOut.toMillis());
          return inWorker(work);
        });
  }

  /** A worker that goes on after the time-out: waiting, in the database, or writing. */
  void outlive() {
    laterWithin(
        TIME_OUT,
        worker -> {
          soak.workersToRefuse.incrementAndGet();
          try {
            write();
            switch (request % 3) {
              case 0 -> Eventually.until("the unit has ended", db::isEnded);
              case 1 -> sleepInDatabase();
              default -> writeUntilRefused();
            }
          } finally {
            writeTooLate();
          }
        });
  }

  private void sleepInDatabase() {
    long begin = System.nanoTime();
    try {
      db.writer().createNativeQuery("select 1 from pg_sleep(120)", Integer.class).getSingleResult();
      soak.problems.add("request " + request + ": the statement was not cancelled");
    } catch (RuntimeException e) {
      Duration time = Duration.ofNanos(System.nanoTime() - begin);
      soak.problems.check(
          time.toSeconds() < 60, "request " + request + ": the statement ran for " + time);
      Eventually.until("the unit has ended", db::isEnded);
    }
  }

  private void writeUntilRefused() {
    while (true) {
      try {
        write();
      } catch (RuntimeException e) {
        Eventually.until("the unit has ended", db::isEnded);
        return;
      }
    }
  }

  private void writeTooLate() {
    try {
      write();
      db.commit();
      soak.problems.add("request " + request + ": a worker wrote after the time-out");
    } catch (UnitEndedException e) {
      soak.workersRefused.incrementAndGet();
    } catch (RuntimeException e) {
      soak.problems.add("request " + request + ": a late worker was told " + e);
    }
  }

  /** A worker that is ready at about the time of the time-out. */
  void race() {
    long begin = System.nanoTime();
    long ready = SHORT_TIME_OUT.toNanos() - 3_000_000 + request % 16 * 250_000L;
    laterWithin(
        SHORT_TIME_OUT,
        worker -> {
          write();
          while (System.nanoTime() - begin < ready) {
            LockSupport.parkNanos(50_000);
          }
          answer(201);
        });
  }
}
