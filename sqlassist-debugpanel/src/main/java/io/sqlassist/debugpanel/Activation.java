package io.sqlassist.debugpanel;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether this process is one in which the panel may show itself. Whatever is not certain is a no.
 *
 * @param property value of the system property {@code sqlassist.mode}
 * @param environment the environment variables
 */
record Activation(@Nullable String property, Map<String, String> environment) {

  private static final String DEV = "dev";
  private static final String PROPERTY = "sqlassist.mode";
  private static final String VARIABLE = "SQLASSIST_MODE";

  /** Set by platforms on which applications are run, not developed. */
  private static final Set<String> PLATFORMS =
      Set.of(
          "KUBERNETES_SERVICE_HOST",
          "K_SERVICE",
          "AWS_LAMBDA_FUNCTION_NAME",
          "DYNO",
          "WEBSITE_INSTANCE_ID");

  private static final Pattern PRODUCTION = Pattern.compile("prod.*|staging");
  private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9_.~-]+)+");

  static Activation ofThisProcess() {
    return new Activation(System.getProperty(PROPERTY), System.getenv());
  }

  /**
   * Why the panel must stay off.
   *
   * @param ignored names of variables that are no reason
   * @param path where the pages are to be
   * @return the first reason, empty if there is none
   */
  Optional<String> refusal(Collection<String> ignored, String path) {
    String variable = environment.get(VARIABLE);
    if (property == null && variable == null) {
      return Optional.of(
          "neither the system property " + PROPERTY + " nor " + VARIABLE + " says 'dev'");
    }
    if ((property != null && !property.equals(DEV))
        || (variable != null && !variable.equals(DEV))) {
      return Optional.of(
          "the mode is not 'dev' alone: system property "
              + PROPERTY
              + "="
              + property
              + ", environment "
              + VARIABLE
              + "="
              + variable);
    }
    for (Map.Entry<String, String> each : new TreeMap<>(environment).entrySet()) {
      if (isProduction(each.getKey(), each.getValue()) && !ignored.contains(each.getKey())) {
        return Optional.of(
            "the environment variable "
                + each.getKey()
                + " looks like production; if it is not, add its name to cfg.ignoredMarkers");
      }
    }
    if (!PATH.matcher(path).matches()) {
      return Optional.of(
          "the path '" + path + "' is not usable; expected one such as '/__sqlassist'");
    }
    return Optional.empty();
  }

  private static boolean isProduction(String name, String value) {
    if (PLATFORMS.contains(name)) {
      return !value.isEmpty();
    }
    return (name.endsWith("_ENV") || name.equals("ENVIRONMENT"))
        && PRODUCTION.matcher(value.strip().toLowerCase(Locale.ROOT)).matches();
  }
}
