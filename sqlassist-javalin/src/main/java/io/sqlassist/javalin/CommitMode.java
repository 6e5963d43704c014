package io.sqlassist.javalin;

import io.javalin.router.EndpointMetadata;

/**
 * Who commits a request's unit of work. Set for all routes in {@link SqlAssistPluginConfig#commit},
 * and for one route by giving its endpoint this value as metadata:
 *
 * <pre>{@code
 * config.routes.addEndpoint(
 *     Endpoint.create(HandlerType.POST, "/import")
 *         .addMetadata(CommitMode.MANUAL)
 *         .handler(ctx -> ...));
 * }</pre>
 *
 * <p>Immutable; may be shared between threads.
 */
public enum CommitMode implements EndpointMetadata {
  /** The plugin commits when the request succeeds, as the {@link CommitRule} says. */
  ON_SUCCESS,
  /** The handler commits; what it has not committed itself is rolled back. */
  MANUAL
}
