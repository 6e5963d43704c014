package io.sqlassist.javalin;

import io.javalin.config.JavalinState;
import io.javalin.event.EventManager;
import io.javalin.http.Context;
import io.javalin.http.ExceptionHandler;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.http.Header;
import io.javalin.http.ServiceUnavailableResponse;
import io.javalin.router.Endpoint;
import io.javalin.router.InternalRouter;
import io.javalin.router.ParsedEndpoint;
import io.javalin.security.RouteRole;
import io.javalin.util.JavalinLogger;
import io.javalin.websocket.WsConfig;
import io.javalin.websocket.WsExceptionHandler;
import io.javalin.websocket.WsHandlerType;
import io.sqlassist.engine.EngineBusyException;
import io.sqlassist.engine.EngineDownException;
import io.sqlassist.engine.EngineMovedException;
import io.sqlassist.engine.TransientFailureException;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers an engine that is busy or down, and a unit of work that took too long, with 503, unless
 * the application maps these exceptions itself. Adds to other failures where an entity lives that
 * was looked for on an engine without it.
 *
 * <p>In front of Javalin's router, because such a failure may come wrapped in an exception of
 * Hibernate's, or as that of a statement that was cancelled, from wherever: a handler, a future,
 * the commit.
 */
final class TransientFailures extends InternalRouter {

  private final InternalRouter next;

  /** Stands before the router that is there. It keeps all mappers, and its own handlers, too. */
  private TransientFailures(JavalinState state) {
    // The next one tells of new handlers. This one knows them, too, for who asks it for all.
    super(state.wsRouter, new EventManager(), state.router, state.jetty);
    next = state.internalRouter;
    next.allHttpHandlers().forEach(known -> super.addHttpEndpoint(known.endpoint));
  }

  static void standBefore(JavalinState state) {
    state.internalRouter = new TransientFailures(state);
  }

  /**
   * Maps the class that both exceptions extend: an application's mapper for one of them is more
   * specific, wherever it is registered, and one for everything is less, as with the exceptions
   * that Javalin maps.
   */
  static void map(JavalinState state) {
    state.internalRouter.addHttpExceptionHandler(
        TransientFailureException.class, (e, ctx) -> answer(e, ctx, state));
  }

  private static void answer(TransientFailureException failure, Context ctx, JavalinState state) {
    JavalinLogger.warn(String.valueOf(failure.getMessage()));
    Duration retryAfter = retryAfter(failure);
    if (retryAfter != null) {
      long seconds = Math.max(1, retryAfter.plusNanos(999_999_999).toSeconds());
      ctx.header(Header.RETRY_AFTER, Long.toString(seconds));
    }
    // As if thrown by the application, which may have a form of its own for such answers.
    state.internalRouter.handleHttpException(ctx, new ServiceUnavailableResponse());
  }

  private static @Nullable Duration retryAfter(TransientFailureException failure) {
    if (failure instanceof EngineBusyException busy) {
      return busy.retryAfter();
    }
    if (failure instanceof EngineDownException down) {
      return down.retryAfter();
    }
    return failure instanceof EngineMovedException ? Duration.ofSeconds(1) : null;
  }

  @Override
  public void handleHttpException(Context ctx, Throwable throwable) {
    RequestUnit.tellWhereEntityLives(ctx, throwable);
    next.handleHttpException(ctx, RequestUnit.reasonOf(ctx, throwable));
  }

  @Override
  public InternalRouter addHttpEndpoint(Endpoint endpoint) {
    next.addHttpEndpoint(endpoint);
    super.addHttpEndpoint(endpoint);
    return this;
  }

  @Override
  public boolean hasHttpHandlerEntry(HandlerType handlerType, String requestUri) {
    return next.hasHttpHandlerEntry(handlerType, requestUri);
  }

  @Override
  public List<ParsedEndpoint> findHttpHandlerEntries(
      HandlerType handlerType, @Nullable String requestUri) {
    return next.findHttpHandlerEntries(handlerType, requestUri);
  }

  @Override
  public @Nullable ParsedEndpoint findFirstHttpHandlerEntry(
      HandlerType handlerType, String requestUri) {
    return next.findFirstHttpHandlerEntry(handlerType, requestUri);
  }

  @Override
  public InternalRouter addHttpErrorHandler(int status, String contentType, Handler handler) {
    next.addHttpErrorHandler(status, contentType, handler);
    return this;
  }

  @Override
  public void handleHttpError(int statusCode, Context ctx) {
    next.handleHttpError(statusCode, ctx);
  }

  @Override
  public <E extends Exception> InternalRouter addHttpExceptionHandler(
      Class<E> exceptionClass, ExceptionHandler<? super E> exceptionHandler) {
    next.addHttpExceptionHandler(exceptionClass, exceptionHandler);
    return this;
  }

  @Override
  public @Nullable Void handleHttpUnexpectedThrowable(
      HttpServletResponse response, Throwable throwable) {
    return next.handleHttpUnexpectedThrowable(response, throwable);
  }

  @Override
  public <E extends Exception> InternalRouter addWsExceptionHandler(
      Class<E> exceptionClass, WsExceptionHandler<? super E> exceptionHandler) {
    next.addWsExceptionHandler(exceptionClass, exceptionHandler);
    return this;
  }

  @Override
  public InternalRouter addWsHandler(
      WsHandlerType handlerType, String path, Consumer<WsConfig> wsConfig, RouteRole... roles) {
    next.addWsHandler(handlerType, path, wsConfig, roles);
    return this;
  }
}
