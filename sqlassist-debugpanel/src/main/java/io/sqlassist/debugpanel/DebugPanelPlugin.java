package io.sqlassist.debugpanel;

import io.javalin.config.JavalinState;
import io.javalin.plugin.Plugin;
import io.javalin.plugin.PluginPriority;
import io.sqlassist.engine.Engine;
import io.sqlassist.trace.Recorder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows what each request did to which engine: pages below {@code /__sqlassist}, a toolbar in the
 * application's HTML pages, and headers for everybody else. For development only.
 *
 * <pre>{@code
 * DebugPanelPlugin panel = new DebugPanelPlugin();   // before the engines, to see all they do
 * SqlAssist.initializeEngine("writer", ...);
 * Javalin.create(config -> {
 *   config.registerPlugin(new SqlAssistPlugin());
 *   config.registerPlugin(panel);
 * });
 * }</pre>
 *
 * <p><b>Off unless everything says so.</b> It does nothing at all, and logs one line that says why,
 * unless the system property {@code sqlassist.mode} or the environment variable {@code
 * SQLASSIST_MODE} is {@code dev}, no environment variable looks like production, and the path is
 * free. Code alone can't switch it on. Then each request is looked at: the panel answers clients on
 * this machine that address it by a known name and were sent by no other site; everybody else sees
 * what he would see without a panel.
 *
 * <p><b>Made before the engines,</b> since it watches their connections from the beginning. What
 * was started earlier is listed as not recorded.
 *
 * <p>Thread-safe once registered.
 */
public final class DebugPanelPlugin extends Plugin<DebugPanelConfig> {

  private static final Logger LOG = LoggerFactory.getLogger(DebugPanelPlugin.class);

  private final Optional<String> refusal;
  private final @Nullable Recorder recorder;
  private @Nullable Panel panel;

  /** The panel with its default settings, over the shared registry of {@code SqlAssist}. */
  public DebugPanelPlugin() {
    this(config -> {});
  }

  /**
   * The panel with settings of the application's.
   *
   * @param config receives the settings
   */
  public DebugPanelPlugin(Consumer<DebugPanelConfig> config) {
    this(config, Activation.ofThisProcess());
  }

  DebugPanelPlugin(Consumer<DebugPanelConfig> config, Activation activation) {
    super(config, new DebugPanelConfig());
    refusal = activation.refusal(pluginConfig.ignoredMarkers, pluginConfig.path);
    if (refusal.isPresent()) {
      recorder = null;
    } else {
      recorder =
          new Recorder(
              settings -> {
                pluginConfig.recorder.accept(settings);
                settings
                    .recordingOf(Panel::recordingOf)
                    .poolFigures(name -> pluginConfig.registry.find(name).flatMap(Engine::pool));
              });
      pluginConfig.registry.observe(recorder);
    }
  }

  /** After other plugins, so that what they do is seen. */
  @Override
  public PluginPriority priority() {
    return PluginPriority.LATE;
  }

  @Override
  public void onStart(JavalinState state) {
    if (recorder == null) {
      stayOff(refusal.orElseThrow());
      return;
    }
    Optional<String> taken = taken(state);
    if (taken.isPresent()) {
      recorder.pause(true);
      stayOff(taken.get());
      return;
    }
    Panel made = new Panel(pluginConfig, recorder);
    panel = made;
    new PanelStages(made).install(state);
    state.events.serverStarting(() -> made.mountedAt(state.router.contextPath));
    state.events.serverStarted(() -> announce(made, recorder));
  }

  /** The panel, once the plugin was registered and may be active. */
  Panel panel() {
    if (panel == null) {
      throw new IllegalStateException("There is no panel: the plugin is off or not registered.");
    }
    return panel;
  }

  private static void stayOff(String reason) {
    LOG.warn("The debug panel stays off: {}.", reason);
  }

  private Optional<String> taken(JavalinState state) {
    return state.internalRouter.allHttpHandlers().stream()
        .map(each -> each.endpoint.path)
        .filter(each -> each.equals(pluginConfig.path) || each.startsWith(pluginConfig.path + "/"))
        .findFirst()
        .map(each -> "the application has a route '" + each + "'; choose another cfg.path");
  }

  private void announce(Panel made, Recorder watching) {
    List<String> late = new ArrayList<>(pluginConfig.registry.names());
    watching.pools().forEach(each -> late.remove(each.engine()));
    if (!late.isEmpty()) {
      made.warn(
          "Engines "
              + late
              + " were started before the panel was made: nothing that they do is recorded. Make the"
              + " DebugPanelPlugin first, then the engines.");
    }
    if (made.guard().needsToken()) {
      LOG.warn(
          "The debug panel may be reached from elsewhere by whoever has this address:"
              + " http(s)://<host>{}/?token={}",
          made.root(),
          made.guard().token());
    } else {
      LOG.info("The debug panel is at {} on this machine.", made.root() + "/");
    }
  }
}
