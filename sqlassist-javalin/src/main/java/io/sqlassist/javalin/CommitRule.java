package io.sqlassist.javalin;

import io.javalin.http.Context;

/**
 * Decides whether a request that returned without an exception is committed. A request in which
 * anything threw, that timed out or that was doomed is rolled back without asking.
 *
 * <p>Called at the end of the request, after every handler, on the thread that ends it; serves all
 * requests at once, so it must be thread-safe. If it throws, the request is rolled back and
 * answered with that exception.
 *
 * <p>The idea of a veto is that of pyramid_tm's {@code commit_veto}.
 */
@FunctionalInterface
public interface CommitRule {

  /** Commits every answer with a status below 400. The default. */
  CommitRule STATUS_BELOW_400 = ctx -> ctx.statusCode() < 400;

  /**
   * Decides about one request.
   *
   * @param ctx the request, with its final status and headers
   * @return true to commit, false to roll back
   */
  boolean commits(Context ctx);
}
