package io.sqlassist.javalin;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.javalin.http.servlet.JavalinServletContext;
import io.javalin.router.Endpoint;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitOrigin;
import io.sqlassist.session.Units;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The unit of work of one request: where it comes from, and how it ends. */
final class RequestUnit implements UnitOrigin {

  private static final String ATTRIBUTE = "io.sqlassist.javalin.unit";

  private final JavalinServletContext ctx;
  private final SqlAssistPluginConfig config;
  private final DbSessionsContainer container;

  private RequestUnit(JavalinServletContext ctx, SqlAssistPluginConfig config) {
    this.ctx = ctx;
    this.config = config;
    this.container = config.container.create(config.registry, this);
  }

  /**
   * Gives the request a unit of work. If one is there already, whoever put it there ends it: it is
   * neither committed, rolled back nor closed here.
   */
  static void attach(JavalinServletContext ctx, SqlAssistPluginConfig config) {
    if (ctx.attribute(config.attribute) instanceof DbSessionsContainer) {
      return;
    }
    RequestUnit unit = new RequestUnit(ctx, config);
    ctx.attribute(ATTRIBUTE, unit);
    ctx.attribute(config.attribute, unit.container);
    Units.enter(unit.container);
  }

  static @Nullable RequestUnit of(HttpServletRequest request) {
    return (RequestUnit) request.getAttribute(ATTRIBUTE);
  }

  /** Ends the unit as the request went; the answer can still be changed. */
  void end() {
    if (container.isEnded()) {
      return;
    }
    boolean timedOut = ServletState.hasTimedOut(ctx.req());
    if (timedOut || ctx.getExceptionOccurred()) {
      rollBack(timedOut);
    } else if (container.isDoomed() || mode() == CommitMode.MANUAL) {
      container.close();
    } else {
      commitIfRuled();
    }
  }

  private void rollBack(boolean workerMayRun) {
    if (workerMayRun) {
      container.abandon();
    } else {
      container.close();
    }
    if (ctx.res().isCommitted() && ctx.statusCode() < HttpStatus.BAD_REQUEST.getCode()) {
      // The client has seen the beginning of a success; it must not see its end.
      ServletState.abort(
          ctx.req(), new IllegalStateException("The request failed while streaming"));
    }
  }

  private void commitIfRuled() {
    try {
      if (config.commitRule.commits(ctx)) {
        container.commitAndClose();
      } else {
        container.close();
      }
    } catch (RuntimeException | Error e) {
      container.closeBecause(e);
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
    response.reset();
    if (contentType != null) {
      ctx.contentType(contentType);
    }
    ctx.status(HttpStatus.INTERNAL_SERVER_ERROR);
    ctx.result("");
  }

  private CommitMode mode() {
    Endpoint endpoint = ctx.endpoints().lastHttpEndpoint();
    CommitMode ofRoute = endpoint == null ? null : endpoint.metadata(CommitMode.class);
    return ofRoute == null ? config.commit : ofRoute;
  }

  /** Whether the request has become a stream of events, which may last for days. */
  boolean isEventStream() {
    String contentType = ctx.res().getContentType();
    return contentType != null && contentType.startsWith("text/event-stream");
  }

  /** The servlet thread serves other requests from now on. */
  void leaveThread() {
    Units.leave(container);
  }

  void closeIfOpen() {
    if (!container.isEnded()) {
      container.close();
    }
  }

  void abandonIfOpen() {
    if (!container.isEnded()) {
      container.abandon();
    }
  }

  @Override
  public String label() {
    Endpoint endpoint = ctx.endpoints().matchedHttpEndpoint();
    return ctx.method() + " " + (endpoint == null ? ctx.path() : endpoint.path);
  }

  @Override
  public Optional<Object> attribute(String name) {
    return name.equals("request") ? Optional.of((Context) ctx) : Optional.empty();
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
  }
}
