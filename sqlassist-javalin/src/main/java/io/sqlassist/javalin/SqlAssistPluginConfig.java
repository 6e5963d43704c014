package io.sqlassist.javalin;

import io.javalin.http.Context;
import io.sqlassist.SqlAssist;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.DbSessionsContainer;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the plugin, in Javalin's manner: public fields, set in the lambda of the plugin's
 * constructor and not changed afterwards.
 *
 * <p>Written by one thread at start; read by all requests.
 */
public final class SqlAssistPluginConfig {

  /** Name of the {@code Context} attribute that holds the container. Default: {@code dbSession}. */
  public String attribute = "dbSession";

  /** The engines. Default: the shared registry of {@link SqlAssist}. */
  public EngineRegistry registry = SqlAssist.registry();

  /** Makes each request's container. Default: {@link DbSessionsContainer} itself. */
  public ContainerFactory container = DbSessionsContainer::new;

  /** Who commits, unless a route says otherwise. Default: {@link CommitMode#ON_SUCCESS}. */
  public CommitMode commit = CommitMode.ON_SUCCESS;

  /**
   * Which requests that did not fail are committed. Default: {@link CommitRule#STATUS_BELOW_400}.
   */
  public CommitRule commitRule = CommitRule.STATUS_BELOW_400;

  /**
   * For which tenant a request is, or null if it can't be told. Asked by the request's first use of
   * an engine that each tenant has its own; take the answer from what a login has proved. Default:
   * for none.
   */
  public Function<Context, @Nullable String> tenant = ctx -> null;

  /**
   * How long the unit of work of a request may take, counted from the beginning of the request,
   * unless its route has a {@link RequestTimeout}: after that its running statement is cancelled,
   * every further use of it is refused, so is its commit, and the answer is a 503. Costs nothing in
   * requests that open no session. Zero for no limit, which is the default.
   */
  public Duration timeout = Duration.ZERO;

  /**
   * What becomes of the engines when the server has stopped. Default: {@link
   * EnginesAtStop#CLOSE_IF_SHARED}.
   */
  public EnginesAtStop enginesAtStop = EnginesAtStop.CLOSE_IF_SHARED;

  /**
   * Where the engines are closed at the stop, how long units of work that are still under way may
   * take before. Those that still hold a connection then are cut off and rolled back. It is Jetty
   * that decides how long the requests themselves may go on. Default: 10 seconds.
   */
  public Duration drain = Duration.ofSeconds(10);

  SqlAssistPluginConfig() {}
}
