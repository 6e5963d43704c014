package io.sqlassist.javalin.soak;

import io.javalin.http.ConflictResponse;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpStatus;
import io.sqlassist.javalin.CommitMode;
import java.util.Locale;

/**
 * The kinds of requests: what the server does, what the client must see, and what must be in the
 * databases in the end.
 */
enum Kind {
  // Successes
  INSERT(220, 201, Rows.WRITER, call -> call.write().answer(201)),
  INSERT_WITHOUT_BODY(20, 204, Rows.WRITER, call -> call.write().status(204)),
  INSERT_AND_LOG(20, 201, Rows.WRITER_AND_AUDIT, call -> call.write().log().answer(201)),
  INSERT_INTO_TWO(40, 201, Rows.WRITER_AND_LEDGER, call -> call.write().book().answer(201)),
  READ_THEN_INSERT(20, 201, Rows.WRITER, call -> call.read().write().answer(201)),
  INSERT_BY_HAND(
      15, 201, Rows.WRITER, CommitMode.MANUAL, call -> call.write().commit().answer(201)),
  INSERT_ON_HEAD(10, 200, Rows.WRITER, HandlerType.HEAD, call -> call.write().status(200)),
  FUTURE(60, 201, Rows.WRITER, call -> call.later(worker -> worker.write().answer(201))),
  FUTURE_CARRIES_ON(
      20,
      201,
      Rows.WRITER_AND_LEDGER,
      call -> call.write().later(worker -> worker.book().answer(201))),
  REDIRECT(40, 302, Rows.WRITER, call -> call.write().redirect()),
  REDIRECT_IN_BEFORE(15, 302, Rows.WRITER, Stage.BEFORE, call -> call.write().redirect()),
  STREAM(25, 200, Rows.WRITER, call -> call.write().stream(6_000)),
  STREAM_MUCH(5, 200, Rows.WRITER, call -> call.write().stream(150_000)),
  FUTURE_STREAM(8, 200, Rows.WRITER, call -> call.later(worker -> worker.write().stream(6_000))),
  SKIP(25, 200, Rows.WRITER, call -> call.write().answer(200).skip()),
  SKIP_IN_BEFORE(10, 200, Rows.WRITER, Stage.BEFORE, call -> call.write().answer(200).skip()),
  BUFFERED_STREAM(8, 200, Rows.WRITER, call -> call.write().buffer(6_000)),
  SKIP_MUCH(3, 200, Rows.WRITER, call -> call.write().answerMuch().skip()),

  // Nothing to commit
  READ(70, 200, Rows.NONE, HandlerType.GET, call -> call.find()),
  NOTHING(50, 200, Rows.NONE, HandlerType.GET, call -> call.ctx.result("nothing")),
  NOTHING_ON_HEAD(15, 200, Rows.NONE, HandlerType.HEAD, call -> call.status(200)),
  NOT_FOUND(25, 404, Rows.NONE, Stage.NOWHERE, call -> {}),

  // Failures
  MAPPED_TO_SUCCESS(
      40, 200, 500, Rows.NONE, call -> call.write().fail(new SoakServer.MappedTo200())),
  MAPPED_TO_FAILURE(
      40, 503, 500, Rows.NONE, call -> call.write().fail(new SoakServer.MappedTo503())),
  FAILURE_AFTER_ANSWER(
      10, 500, Rows.NONE, call -> call.write().answer(201).fail(new IllegalStateException())),
  FAILURE_IN_TWO(
      10, 503, 500, Rows.NONE, call -> call.write().book().fail(new SoakServer.MappedTo503())),
  FAILURE_THAT_IS_LOGGED(
      15, 500, Rows.AUDIT, call -> call.write().log().fail(new IllegalStateException())),
  FAILURE_IN_STREAM(
      8, Kind.CUT, Rows.NONE, call -> call.write().stream(6_000).fail(new IllegalStateException())),
  ERROR(15, 500, Rows.NONE, call -> call.write().fail(new LinkageError("thrown"))),
  STATUS_400(20, 400, Rows.NONE, call -> call.write().status(400)),
  STATUS_503(15, 503, Rows.NONE, call -> call.write().status(503)),
  HTTP_EXCEPTION(30, 409, Rows.NONE, call -> call.write().fail(new ConflictResponse())),
  SWALLOWED_VIOLATION(20, 503, 500, Rows.NONE, call -> call.write().violate().answer(200)),
  DOOMED(15, 200, Rows.NONE, call -> call.write().doom()),
  MANUAL_WITHOUT_COMMIT(10, 200, Rows.NONE, CommitMode.MANUAL, call -> call.write().status(200)),
  SKIP_FAILURE(10, 400, Rows.NONE, call -> call.write().status(400).skip()),
  FUTURE_FAILS(
      20,
      200,
      500,
      Rows.NONE,
      call -> call.later(worker -> worker.write().fail(new SoakServer.MappedTo200()))),

  // Commits that fail
  COMMIT_FAILS(40, 503, 500, Rows.NONE, call -> call.write().refuseCommit().answer(201)),
  COMMIT_DIES(5, 500, Rows.NONE, call -> call.write().breakCommit().answer(201)),
  COMMIT_FAILS_FOR_BOTH(
      8, 503, 500, Rows.NONE, call -> call.write().book().refuseCommit().answer(201)),
  COMMIT_FAILS_FOR_SECOND(
      8, 500, Rows.WRITER_OF_TWO, call -> call.write().book().refuseSecondCommit().answer(201)),
  COMMIT_FAILS_AFTER_REDIRECT(
      8, 503, 500, Rows.NONE, call -> call.write().refuseCommit().redirect()),
  COMMIT_FAILS_AFTER_FUTURE(
      10,
      503,
      500,
      Rows.NONE,
      call -> call.later(worker -> worker.write().refuseCommit().answer(201))),
  COMMIT_FAILS_AFTER_BUFFERED_STREAM(
      8, Kind.NO_SUCCESS, Rows.NONE, call -> call.write().refuseCommit().buffer(6_000)),
  COMMIT_FAILS_AFTER_STREAM(
      10, Kind.CUT, Rows.NONE, call -> call.write().refuseCommit().stream(6_000)),
  COMMIT_FAILS_AFTER_FUTURE_STREAM(
      5,
      Kind.CUT,
      Rows.NONE,
      call -> call.later(worker -> worker.write().refuseCommit().stream(6_000))),
  COMMIT_FAILS_AFTER_SKIP(
      10, 500, Rows.NONE, call -> call.write().refuseCommit().answer(200).skip()),
  COMMIT_FAILS_AFTER_SKIP_MUCH(
      3, Kind.CUT, Rows.NONE, call -> call.write().refuseCommit().answerMuch().skip()),

  // Workers that outlive their request; each costs the time of the time-out
  TIME_OUT(1, 500, Rows.NONE, call -> call.outlive()),
  TIME_OUT_RACE(1, Kind.ANY, Rows.AS_RECORDED, call -> call.race()),

  // Clients that leave
  GONE_IN_STREAM(8, Kind.GONE, Rows.NONE, call -> call.write().streamUntilGone()),
  GONE_ANY_TIME_IN_STREAM(8, Kind.GONE, Rows.AS_RECORDED, call -> call.write().stream(400_000)),
  GONE_BEFORE_ANSWER(6, Kind.GONE, Rows.AS_RECORDED, call -> call.write().answer(201)),
  GONE_BEFORE_FUTURE(
      4, Kind.GONE, Rows.AS_RECORDED, call -> call.later(worker -> worker.write().answer(201)));

  /** The client must see an answer that breaks off. */
  static final int CUT = -1;

  /** The client must see a failure, or an answer that breaks off. */
  static final int NO_SUCCESS = -2;

  /** The client sees one thing or the other. */
  static final int ANY = -4;

  /** The client does not stay to see an answer. */
  static final int GONE = -3;

  /** What the request leaves behind in the databases. */
  enum Rows {
    NONE,
    WRITER,
    WRITER_AND_LEDGER,
    WRITER_AND_AUDIT,
    AUDIT,
    /** The first engine's commit is durable when the second one's fails: reported as partial. */
    WRITER_OF_TWO,
    /** Nobody can know beforehand; the server's record tells. */
    AS_RECORDED;

    boolean writer(boolean recorded) {
      return switch (this) {
        case WRITER, WRITER_AND_LEDGER, WRITER_AND_AUDIT, WRITER_OF_TWO -> true;
        case AS_RECORDED -> recorded;
        case NONE, AUDIT -> false;
      };
    }

    boolean ledger() {
      return this == WRITER_AND_LEDGER;
    }

    boolean audit() {
      return this == WRITER_AND_AUDIT || this == AUDIT;
    }
  }

  /** Where the work is done. */
  enum Stage {
    BEFORE,
    HANDLER,
    NOWHERE
  }

  interface Work {
    void doFor(Call call) throws Exception;
  }

  final int weight;
  final int status;
  final int statusWithoutMappers;
  final Rows rows;
  final HandlerType method;
  final CommitMode mode;
  final Stage stage;
  final Work work;

  Kind(int weight, int status, Rows rows, Work work) {
    this(weight, status, status, rows, work);
  }

  Kind(int weight, int status, int statusWithoutMappers, Rows rows, Work work) {
    this(
        weight,
        status,
        statusWithoutMappers,
        rows,
        HandlerType.POST,
        CommitMode.ON_SUCCESS,
        Stage.HANDLER,
        work);
  }

  Kind(int weight, int status, Rows rows, HandlerType method, Work work) {
    this(weight, status, status, rows, method, CommitMode.ON_SUCCESS, Stage.HANDLER, work);
  }

  Kind(int weight, int status, Rows rows, CommitMode mode, Work work) {
    this(weight, status, status, rows, HandlerType.POST, mode, Stage.HANDLER, work);
  }

  Kind(int weight, int status, Rows rows, Stage stage, Work work) {
    this(weight, status, status, rows, HandlerType.POST, CommitMode.ON_SUCCESS, stage, work);
  }

  Kind(
      int weight,
      int status,
      int statusWithoutMappers,
      Rows rows,
      HandlerType method,
      CommitMode mode,
      Stage stage,
      Work work) {
    this.weight = weight;
    this.status = status;
    this.statusWithoutMappers = statusWithoutMappers;
    this.rows = rows;
    this.method = method;
    this.mode = mode;
    this.stage = stage;
    this.work = work;
  }

  String path() {
    return "/" + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  int status(boolean mappers) {
    return mappers ? status : statusWithoutMappers;
  }

  boolean isSuccess(int seenStatus) {
    return seenStatus > 0 && seenStatus < HttpStatus.BAD_REQUEST.getCode();
  }

  boolean hasBody() {
    return method != HandlerType.HEAD && status != HttpStatus.NO_CONTENT.getCode();
  }
}
