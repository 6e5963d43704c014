package io.sqlassist.debugpanel;

import io.sqlassist.SqlAssist;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.trace.RecorderConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Settings of the panel, in Javalin's manner: public fields, set in the lambda of the plugin's
 * constructor and not changed afterwards.
 *
 * <p>Written by one thread at start; read by all requests.
 */
public final class DebugPanelConfig {

  /** The engines to watch. Default: the shared registry of {@link SqlAssist}. */
  public EngineRegistry registry = SqlAssist.registry();

  /** Where the pages are, below the context path. Default: {@code /__sqlassist}. */
  public String path = "/__sqlassist";

  /** Whether HTML pages of the application get the toolbar. Default: true. */
  public boolean toolbar = true;

  /**
   * Name of the {@code Context} attribute that holds a request's sessions, for display. Default:
   * {@code dbSession}.
   */
  public String attribute = "dbSession";

  /**
   * Names under which this machine may be addressed besides {@code localhost}, {@code 127.0.0.1}
   * and {@code [::1]}: exact, without port. Default: none.
   */
  public final List<String> hosts = new ArrayList<>();

  /**
   * Names under which the panel may be reached from other machines or through a proxy, for Docker
   * and remote development: exact, without port. If there is any, requests need not come from this
   * machine, and then everybody needs the token that is logged at start. Default: none.
   */
  public final List<String> remoteHosts = new ArrayList<>();

  /**
   * Whether the token that is logged at start is needed on this machine, too, where others work on
   * it. Default: false.
   */
  public boolean requireToken;

  /**
   * Environment variables that look like production and are none, such as {@code
   * KUBERNETES_SERVICE_HOST} on a cluster for development. Default: none.
   */
  public final List<String> ignoredMarkers = new ArrayList<>();

  /** What is recorded, and how much of it is kept. Default: {@link RecorderConfig}'s defaults. */
  public Consumer<RecorderConfig> recorder = config -> {};

  /** Whether plans of recorded statements may be asked for. Default: true. */
  public boolean explain = true;

  /** Whether that is allowed on databases of other machines. Default: false. */
  public boolean explainRemote;

  /** Whether {@code EXPLAIN ANALYZE} is offered, which executes the statement. Default: false. */
  public boolean explainAnalyze;

  /**
   * Headers of requests whose values are recorded, in lower case; of others only the name is. Never
   * those of cookies and authorization. Default: some that hold no secret.
   */
  public final List<String> shownHeaders =
      new ArrayList<>(
          List.of(
              "accept",
              "accept-encoding",
              "accept-language",
              "cache-control",
              "connection",
              "content-length",
              "content-type",
              "dnt",
              "host",
              "hx-request",
              "if-modified-since",
              "if-none-match",
              "sec-fetch-dest",
              "sec-fetch-mode",
              "sec-fetch-site",
              "sec-fetch-user",
              "user-agent",
              "x-requested-with"));

  /**
   * Folders with sources, such as {@code src/main/java}: call stacks get links into an editor.
   * Default: none.
   */
  public final List<Path> sourceRoots = new ArrayList<>();

  /**
   * Link that opens a file in an editor, with <code>{file}</code> and <code>{line}</code>. Default:
   * that of Visual Studio Code; IntelliJ IDEA understands <code>
   * idea://open?file={file}&amp;line={line}</code>.
   */
  public String editor = "vscode://file/{file}:{line}";

  DebugPanelConfig() {}
}
