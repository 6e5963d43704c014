package io.sqlassist.javalin;

import io.javalin.router.EndpointMetadata;
import java.time.Duration;

/**
 * How long the unit of work of one route's requests may take, instead of {@link
 * SqlAssistPluginConfig#timeout}. Given to the endpoint as metadata:
 *
 * <pre>{@code
 * config.routes.addEndpoint(
 *     Endpoint.create(HandlerType.GET, "/report")
 *         .addMetadata(new RequestTimeout(Duration.ofMinutes(2)))
 *         .handler(ctx -> ...));
 * }</pre>
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param limit the longest time from the beginning of the request; zero for no limit
 */
public record RequestTimeout(Duration limit) implements EndpointMetadata {

  /** No limit, for a route that must be allowed more than all others. */
  public static final RequestTimeout NONE = new RequestTimeout(Duration.ZERO);

  /**
   * Creates the limit.
   *
   * @param limit the longest time from the beginning of the request; zero for no limit
   * @throws IllegalArgumentException if it is negative
   */
  public RequestTimeout {
    if (limit.isNegative()) {
      throw new IllegalArgumentException(
          "A time-out must not be negative: " + limit + ". Zero means no limit.");
    }
  }
}
