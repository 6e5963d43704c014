package io.sqlassist.debugpanel;

import java.util.Map;
import java.util.function.Consumer;

/** Panels whose surroundings a test decides on. */
public final class Panels {

  private Panels() {}

  /** As if the process had been started with that system property and that environment. */
  public static DebugPanelPlugin in(
      String mode, Map<String, String> environment, Consumer<DebugPanelConfig> config) {
    return new DebugPanelPlugin(config, new Activation(mode, environment));
  }

  /** What is logged at the start of a panel that may be reached from elsewhere. */
  public static String token(DebugPanelPlugin plugin) {
    return plugin.panel().guard().token();
  }

  /** Ends all streams of a panel. */
  public static void cutStreams(DebugPanelPlugin plugin) {
    plugin.panel().streams().close();
  }
}
