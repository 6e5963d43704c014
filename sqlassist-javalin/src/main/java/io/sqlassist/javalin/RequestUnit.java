package io.sqlassist.javalin;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.javalin.http.servlet.JavalinServlet;
import io.javalin.http.servlet.JavalinServletContext;
import io.javalin.router.Endpoint;
import io.javalin.router.ParsedEndpoint;
import io.javalin.util.JavalinLogger;
import io.sqlassist.engine.EngineMovedException;
import io.sqlassist.engine.EntityRoutingException;
import io.sqlassist.engine.TransientFailureException;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitOrigin;
import io.sqlassist.session.UnitTimeoutException;
import io.sqlassist.session.Units;
import jakarta.persistence.PersistenceException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The unit of work of one request: where it comes from, and how it ends. */
final class RequestUnit implements UnitOrigin {

  /** Headers that say nothing of success, and without which a browser hides the error. */
  private static final Pattern OF_EVERY_ANSWER =
      Pattern.compile(
          "(?i)access-control-.*|cross-origin-.*|vary|strict-transport-security"
              + "|content-security-policy.*|permissions-policy|referrer-policy"
              + "|x-content-type-options|x-frame-options|x-request-id|x-correlation-id"
              + "|traceparent|tracestate|server-timing|x-sqlassist-.*");

  private static final String ATTRIBUTE = "io.sqlassist.javalin.unit";

  private final JavalinServletContext ctx;
  private final SqlAssistPluginConfig config;
  private final JavalinServlet servlet;
  private final String uri;
  private final DbSessionsContainer container;
  private final long beganNanos = System.nanoTime();
  private @Nullable HandlerAttempts attempts;
  private boolean ending;
  private volatile @Nullable Duration limit;
  private volatile boolean leftThread;
  private volatile boolean committed;
  private volatile int statusOfTimeOut;

  private RequestUnit(
      JavalinServletContext ctx, SqlAssistPluginConfig config, JavalinServlet servlet, String uri) {
    this.ctx = ctx;
    this.servlet = servlet;
    this.uri = uri;
    this.config = config;
    this.container = config.container.create(config.registry, this);
  }

  /**
   * Gives the request a unit of work. If one is there already, whoever put it there ends it: it is
   * neither committed, rolled back nor closed here.
   */
  static void attach(
      JavalinServletContext ctx, SqlAssistPluginConfig config, JavalinServlet servlet, String uri) {
    if (ctx.attribute(config.attribute) instanceof DbSessionsContainer) {
      return;
    }
    RequestUnit unit = new RequestUnit(ctx, config, servlet, uri);
    ctx.attribute(ATTRIBUTE, unit);
    ctx.attribute(config.attribute, unit.container);
    Units.enter(unit.container);
  }

  static @Nullable RequestUnit of(HttpServletRequest request) {
    return (RequestUnit) request.getAttribute(ATTRIBUTE);
  }

  /** The unit of this request; not that of an outer one which was forwarded to this one. */
  static @Nullable RequestUnit of(Context ctx) {
    RequestUnit unit = of(ctx.req());
    return unit != null && unit.ctx == ctx ? unit : null;
  }

  /** A future may have been completed by a thread that works for another request. */
  void enterThread() {
    if (!container.isEnded() && Units.findCurrent().orElse(null) != container) {
      Units.enter(container);
    }
  }

  /**
   * Ends the unit as the request went; the answer can still be changed. Does nothing if another
   * thread ends it: a worker that is ready at the very moment of the time-out.
   */
  void end() {
    if (container.isEnded() || !beginEnding()) {
      return;
    }
    boolean repeated = false;
    try {
      if (timesOut()) {
        container.abandon();
        refuseSuccessAfterTimeOut();
      } else if (ServletState.isTimersThread(Thread.currentThread())) {
        container.abandon();
        breakOffSuccess();
      } else if (ctx.getExceptionOccurred()) {
        rollBack();
      } else if (container.isDoomed() || mode() == CommitMode.MANUAL) {
        container.close();
      } else {
        repeated = !commitIfRuled();
      }
    } finally {
      if (repeated) {
        goOn();
      } else if (!container.isEnded()) {
        container.abandon();
      }
    }
  }

  /**
   * Whether the time-out has fired. If not, it will not fire in the commit any more: the answer
   * would be that of a failure. Only where Javalin has started the time-out, which is for a future.
   */
  private boolean timesOut() {
    if (leftThread && !isEventStream()) {
      return !ServletState.stopTimeOut(ctx.req());
    }
    return ServletState.hasTimedOut(ctx.req());
  }

  /** One thread ends the unit, and is not disturbed by another in its commit. */
  private synchronized boolean beginEnding() {
    boolean first = !ending;
    ending = true;
    return first;
  }

  private synchronized void goOn() {
    ending = false;
  }

  /** Ends the unit where nothing of the request can follow any more. */
  void endAtLast() {
    attempts = null;
    end();
  }

  /**
   * The attempts at a handler that is to be retried, begun by the first call.
   *
   * @return null if it is to be called as any other handler: inside of another one that is retried,
   *     or where nothing will be committed
   */
  @Nullable HandlerAttempts attempts(RetriedHandler handler) {
    HandlerAttempts begun = attempts;
    if (begun == null && !container.isEnded() && !container.isDoomed()) {
      begun = new HandlerAttempts(handler, ctx, servlet, uri, container, mode());
      attempts = begun;
    }
    return begun != null && begun.areOf(handler) ? begun : null;
  }

  private void rollBack() {
    container.close();
    breakOffSuccess();
  }

  /** Where the client has seen the beginning of a success, it must not see its end. */
  private void breakOffSuccess() {
    if (ctx.res().isCommitted() && ctx.statusCode() < HttpStatus.BAD_REQUEST.getCode()) {
      ServletState.abort(
          ctx.req(), new IllegalStateException("The request failed while streaming"));
    }
  }

  /**
   * The worker may go on after the time-out and set a status of success, over that of Javalin. So
   * this answers the time-out again, as Javalin does: only an error mapper of the application's can
   * make a success of it.
   */
  private void refuseSuccessAfterTimeOut() {
    try {
      int status = ctx.statusCode(); // asked once: the worker may change it meanwhile
      boolean success = status < HttpStatus.BAD_REQUEST.getCode();
      if (ctx.res().isCommitted()) {
        if (success) {
          ServletState.abort(ctx.req(), new IllegalStateException("Timed out while streaming"));
        }
        return;
      }
      if (success) {
        ctx.status(HttpStatus.INTERNAL_SERVER_ERROR);
        ctx.result(HttpStatus.REQUEST_TIMEOUT.getMessage());
        servlet.getRouter().handleHttpError(HttpStatus.INTERNAL_SERVER_ERROR.getCode(), ctx);
        status = ctx.statusCode();
      }
      statusOfTimeOut = status;
    } catch (IllegalStateException | NullPointerException e) {
      JavalinLogger.debug(label() + ": timed out, and its answer is over", e);
    }
  }

  /**
   * Sends the answer of a time-out, on the thread of the time-out and after everything that Javalin
   * does there. Closes the connection: what the worker does to the context later would be done to
   * the next request of the connection, for which Jetty uses the same objects.
   */
  void answerTimeOut() {
    try {
      HttpServletResponse response = ctx.res();
      if (committed || response.isCommitted()) {
        return;
      }
      response.setHeader("Connection", "close");
      if (!response.containsHeader("Content-Length")) {
        response.setHeader("Transfer-Encoding", "chunked"); // an end of its own, to be held back
      }
      int status = statusOfTimeOut == 0 ? ctx.statusCode() : statusOfTimeOut;
      if (statusOfTimeOut == 0 && status < HttpStatus.BAD_REQUEST.getCode()) {
        status = HttpStatus.INTERNAL_SERVER_ERROR.getCode();
      }
      ctx.status(status);
      response.flushBuffer();
      if (ctx.statusCode() == status) {
        response.getOutputStream().close();
      } else { // the worker's came between and was sent
        ServletState.abort(ctx.req(), new IllegalStateException("Timed out"));
      }
    } catch (IOException | IllegalStateException | NullPointerException e) {
      JavalinLogger.debug(label() + ": timed out, and its answer is over", e);
    }
  }

  /**
   * Commits, or rolls back as the rule says.
   *
   * @return false if the commit failed and the handler is called again
   */
  private boolean commitIfRuled() {
    try {
      if (config.commitRule.commits(ctx)) {
        container.commitAndClose();
        committed = true;
      } else {
        container.close();
      }
      return true;
    } catch (RuntimeException | Error e) {
      if (attempts != null && attempts.repeats(e)) {
        return false;
      }
      container.closeBecause(e);
      if (ServletState.hasTimedOut(ctx.req())) {
        // The time-out came during the commit, and another thread is answering it.
        JavalinLogger.warn(label() + ": timed out, and its commit failed", e);
        return true;
      }
      takeBackSuccess(e);
      throw e;
    }
  }

  /** Removes every trace of success from the answer, or breaks it off where it is under way. */
  private void takeBackSuccess(Throwable cause) {
    HttpServletResponse response = ctx.res();
    // A compressed stream that has begun can't be turned into another answer either.
    if (response.isCommitted() || response.getHeader("Content-Encoding") != null) {
      ServletState.abort(ctx.req(), cause);
      return;
    }
    String contentType = response.getContentType();
    Map<String, List<String>> kept = new LinkedHashMap<>();
    for (String name : response.getHeaderNames()) {
      if (OF_EVERY_ANSWER.matcher(name).matches()) {
        kept.put(name, List.copyOf(response.getHeaders(name)));
      }
    }
    Answer.reset(response);
    if (contentType != null) {
      ctx.contentType(contentType);
    }
    kept.forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
    ctx.status(HttpStatus.INTERNAL_SERVER_ERROR);
    ctx.result("");
  }

  /**
   * Ends the unit in a request that another thread may complete meanwhile, because of a time-out or
   * of an answer that was broken off. An exception must not reach Javalin there: it would hand it
   * to the exception mappers again and again, because these fail on a request that is over.
   */
  void endAsync() {
    try {
      end();
    } catch (RuntimeException | Error e) {
      try {
        servlet.getRouter().handleHttpException(ctx, e);
      } catch (RuntimeException over) {
        // Javalin has logged it, or the application's mapper has been told.
        JavalinLogger.debug(label() + ": failed when its answer was over", over);
      }
    }
  }

  private CommitMode mode() {
    Endpoint endpoint = ctx.endpoints().lastHttpEndpoint();
    CommitMode ofRoute = endpoint == null ? null : endpoint.metadata(CommitMode.class);
    return ofRoute == null ? config.commit : ofRoute;
  }

  /** Whether the request has become a stream of events, which may last for days. */
  boolean isEventStream() {
    String contentType = ctx.res().getContentType();
    return contentType != null
        && contentType.startsWith("text/event-stream")
        && ctx.res().isCommitted();
  }

  /** The servlet thread serves other requests from now on. */
  void leaveThread() {
    leftThread = true;
    Units.leave(container);
  }

  void closeIfOpen() {
    if (!container.isEnded() && beginEnding()) {
      container.close();
    }
  }

  void abandonIfOpen() {
    if (!container.isEnded() && beginEnding()) {
      container.abandon();
    }
  }

  @Override
  public String label() {
    Endpoint endpoint = ctx.endpoints().matchedHttpEndpoint();
    try {
      return ctx.method() + " " + (endpoint == null ? ctx.path() : endpoint.path);
    } catch (NullPointerException e) {
      return "a request that is over"; // asked by a worker that has outlived it
    }
  }

  @Override
  public Optional<Object> attribute(String name) {
    return switch (name) {
      case "request" -> Optional.of((Context) ctx);
      case "tenant" -> Optional.ofNullable(config.tenant.apply(ctx));
      case "route" -> Optional.ofNullable(route());
      default -> Optional.empty();
    };
  }

  /** The template, of which there are few, and not the path, which anybody may make up. */
  private @Nullable String route() {
    try {
      Endpoint endpoint = endpoint();
      return endpoint == null ? null : endpoint.path;
    } catch (NullPointerException e) {
      return null; // asked by a worker that has outlived the request
    }
  }

  private @Nullable Endpoint endpoint() {
    Endpoint matched = ctx.endpoints().matchedHttpEndpoint();
    if (matched != null) {
      return matched;
    }
    // In a 'before' handler.
    ParsedEndpoint match = servlet.getRouter().findFirstHttpHandlerEntry(ctx.method(), uri);
    return match == null ? null : match.endpoint;
  }

  @Override
  public void beforeOpening() {
    if (isEventStream()) {
      throw new IllegalStateException(
          "The unit of work of '"
              + label()
              + "' can't be used while events are streamed: it would hold its sessions as long as"
              + " the client listens. Use SqlAssist.inUnit(db -> ...) for each event.");
    }
    limitOnce();
  }

  /** The first session begins the limit: a request that opens none has no need of it. */
  private void limitOnce() {
    if (limit != null) {
      return;
    }
    Duration longest = timeout();
    limit = longest;
    if (!longest.isZero()) {
      container.timeout(longest, elapsed());
    }
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - beganNanos);
  }

  private Duration timeout() {
    Endpoint endpoint = endpoint();
    RequestTimeout ofRoute = endpoint == null ? null : endpoint.metadata(RequestTimeout.class);
    return ofRoute == null ? config.timeout : ofRoute.limit();
  }

  /**
   * Adds to a failure where the entity lives that it is about, for the log and for the mappers: a
   * request is answered before its unit of work ends, and Hibernate knows of one engine only.
   */
  static void tellWhereEntityLives(Context ctx, Throwable failure) {
    Throwable mapped = withoutCompletion(failure);
    try {
      RequestUnit unit = of(ctx);
      if (unit != null
          && Stream.of(mapped.getSuppressed())
              .noneMatch(told -> told instanceof EntityRoutingException)) {
        unit.config.registry.misplacedEntity(mapped).ifPresent(mapped::addSuppressed);
      }
    } catch (RuntimeException e) {
      JavalinLogger.debug("Where an entity lives could not be told", e);
    }
  }

  private static Throwable withoutCompletion(Throwable failure) {
    Throwable unwrapped = failure;
    while (unwrapped instanceof CompletionException && unwrapped.getCause() != null) {
      unwrapped = unwrapped.getCause();
    }
    return unwrapped;
  }

  /** The failure that a request is to be answered for: not its wrapping, nor its symptom. */
  static Throwable reasonOf(Context ctx, Throwable failure) {
    Throwable reason = failure;
    while (isWrapping(reason) && reason.getCause() != null && reason.getCause() != reason) {
      reason = reason.getCause();
      if (reason instanceof TransientFailureException) {
        return reason;
      }
    }
    try {
      RequestUnit unit = of(ctx);
      return unit == null ? failure : unit.reasonBehind(failure);
    } catch (IllegalStateException | NullPointerException e) {
      JavalinLogger.debug("A request failed when it was over", e);
      return failure;
    }
  }

  private static boolean isWrapping(Throwable failure) {
    return isOfTheDatabase(failure)
        || failure instanceof CompletionException
        || failure instanceof ExecutionException;
  }

  private static boolean isOfTheDatabase(Throwable failure) {
    return failure instanceof PersistenceException || failure instanceof SQLException;
  }

  /** A statement that was cancelled fails with an exception of the driver's. */
  private Throwable reasonBehind(Throwable failure) {
    Throwable unwrapped = withoutCompletion(failure);
    boolean mayComeOfIt =
        isOfTheDatabase(unwrapped) || unwrapped.getClass() == IllegalStateException.class;
    EngineMovedException cutOff = mayComeOfIt ? container.cutOff().orElse(null) : null;
    if (cutOff != null) {
      cutOff.initCause(unwrapped);
      return cutOff;
    }
    return timeOutBehind(failure);
  }

  private Throwable timeOutBehind(Throwable failure) {
    Throwable unwrapped = withoutCompletion(failure);
    Duration longest = limit;
    if (longest == null
        || longest.isZero()
        || elapsed().compareTo(longest) < 0
        || !isOfTheDatabase(unwrapped)) {
      return failure;
    }
    UnitTimeoutException timeOut =
        new UnitTimeoutException("The unit of work '" + label() + "'", longest);
    timeOut.initCause(unwrapped);
    return timeOut;
  }
}
