package io.sqlassist.javalin;

import io.javalin.config.JavalinState;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.plugin.ContextPlugin;
import io.javalin.plugin.PluginPriority;
import io.sqlassist.SqlAssist;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitEndedException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Gives every request a unit of work: attaches a {@link DbSessionsContainer} before the first
 * handler, commits or rolls back after the last one, and always closes.
 *
 * <pre>{@code
 * config.registerPlugin(new SqlAssistPlugin());
 * ...
 * ctx.<DbSessionsContainer>attribute("dbSession").writer().persist(book);
 * ctx.with(SqlAssistPlugin.class).writer().persist(book); // the same container
 * }</pre>
 *
 * <p>Commits when no exception was thrown and the status is below 400, before a byte of the body is
 * written; a commit that fails is answered by the application's exception mapper, else by a 500.
 *
 * <p>When the server has stopped, the engines of the shared registry are closed: see {@link
 * SqlAssistPluginConfig#enginesAtStop}.
 *
 * <p>Thread-safe once registered.
 */
public final class SqlAssistPlugin
    extends ContextPlugin<SqlAssistPluginConfig, DbSessionsContainer> {

  /** The plugin with its default settings, over the shared registry of {@code SqlAssist}. */
  public SqlAssistPlugin() {
    this(config -> {});
  }

  /**
   * The plugin with settings of the application's.
   *
   * @param config receives the settings
   */
  public SqlAssistPlugin(Consumer<SqlAssistPluginConfig> config) {
    super(config, new SqlAssistPluginConfig());
  }

  /**
   * A handler that is called again, in fresh transactions, when it or the commit of its unit of
   * work fails because of what others did at the same time: a serialization failure, a deadlock, a
   * failed version check.
   *
   * <p>Before that the work of the attempt is rolled back on every engine, and its answer is taken
   * back: status, headers, cookies, body. {@code after} handlers and error mappers run again, since
   * their work was rolled back, too. What {@code before} handlers did is committed before the first
   * attempt, and what they loaded is detached in the handler. What is written to an autocommit
   * engine is written in each attempt, and so is what units of work of their own commit, in {@code
   * inUnit} or {@code concurrently}. Attributes and HTTP sessions stay as an attempt left them.
   *
   * <p>A request is not retried once a byte of the answer was sent, once the attempt has committed
   * anything of the request's own unit of work, or if its body was read as a stream. The last
   * failure is answered as every other, with the earlier ones suppressed in it.
   *
   * <p>The handler must not use {@code ctx.future} or {@code ctx.async}; that is refused with an
   * {@link IllegalStateException}.
   *
   * @param times how often it is called again at most, 1 or more
   * @param handler the handler; called on the request's thread
   * @return the handler to register
   */
  public static Handler retrying(int times, Handler handler) {
    return new RetriedHandler(times, handler);
  }

  /**
   * A handler that tells whether the engines of the shared registry are up: 200 if all are that are
   * not optional, else 503. The body is JSON: {@code {"status":"up","engines":{"writer":
   * {"status":"up","optional":false,"pool":{"active":0,"idle":1,"waiting":0,"max":10}}}}}, with a
   * {@code problem} for an engine that is down: {@code "not started"}, {@code "busy"}, {@code
   * "timed out"} or {@code "failed"}. It holds names and figures only.
   *
   * @param limit how long the request waits at most; an engine that does not answer in that time is
   *     down
   * @return the handler to register
   * @throws IllegalArgumentException if the limit is zero or negative
   * @see EngineRegistry#health(Duration)
   */
  public static Handler health(Duration limit) {
    return new HealthHandler(SqlAssist::registry, limit);
  }

  /**
   * As {@link #health(Duration)}, for the engines of another registry.
   *
   * @param registry the engines
   * @param limit how long the request waits at most
   * @return the handler to register
   * @throws IllegalArgumentException if the limit is zero or negative
   */
  public static Handler health(EngineRegistry registry, Duration limit) {
    return new HealthHandler(() -> registry, limit);
  }

  /** After other plugins, so that their stages run before the unit of work ends. */
  @Override
  public PluginPriority priority() {
    return PluginPriority.LATE;
  }

  @Override
  public void onInitialize(JavalinState state) {
    TransientFailures.map(state);
  }

  @Override
  public void onStart(JavalinState state) {
    new RequestTimeout(pluginConfig.timeout);
    TransientFailures.standBefore(state);
    RequestStages stages = new RequestStages(pluginConfig);
    stages.install(state);
    state.events.serverStarting(() -> stages.verify(state));
    RunningServers.watch(state, pluginConfig);
  }

  /**
   * The container of the request: the same object for every call.
   *
   * @param context the request
   * @return its container
   * @throws UnitEndedException if the request is over
   * @throws IllegalStateException if the request has no unit of work
   */
  @Override
  public DbSessionsContainer createExtension(Context context) {
    DbSessionsContainer container;
    try {
      container = context.attribute(pluginConfig.attribute);
    } catch (NullPointerException e) {
      // Jetty answers so when the request is over: a worker has outlived it.
      throw new UnitEndedException("of a request that is over", e);
    }
    if (container == null) {
      throw new IllegalStateException(
          "The request '"
              + context.method()
              + " "
              + context.path()
              + "' has no unit of work in attribute '"
              + pluginConfig.attribute
              + "'. It exists from the first 'before' handler on, in HTTP requests; in a WebSocket"
              + " handler use SqlAssist.inUnit(db -> ...) for each message.");
    }
    return container;
  }
}
