package io.sqlassist.example;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Header;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import io.javalin.http.MethodNotAllowedResponse;
import org.hibernate.exception.JDBCConnectionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what went wrong into {@code {"error": ..., "field": ...}}. Whatever comes here has thrown,
 * so its unit of work is rolled back.
 */
final class Errors {

  private static final Logger LOG = LoggerFactory.getLogger(Errors.class);

  private record Problem(String error) {}

  private record FieldProblem(String error, String field) {}

  private Errors() {}

  static void register(RoutesConfig routes) {
    routes.exception(BadInputException.class, Errors::badInput);
    routes.exception(MethodNotAllowedResponse.class, Errors::methodNotAllowed);
    routes.exception(HttpResponseException.class, Errors::http);
    routes.exception(JDBCConnectionException.class, Errors::databaseAway);
    routes.exception(Exception.class, Errors::unexpected);
  }

  private static void badInput(BadInputException e, Context ctx) {
    String reason = String.valueOf(e.getMessage());
    ctx.status(HttpStatus.BAD_REQUEST)
        .json(e.field().isEmpty() ? new Problem(reason) : new FieldProblem(reason, e.field()));
  }

  private static void methodNotAllowed(MethodNotAllowedResponse e, Context ctx) {
    String allowed = e.getDetails().getOrDefault("availableMethods", "");
    ctx.header(Header.ALLOW, allowed);
    ctx.status(e.getStatus()).json(new Problem("Not here: use " + allowed + "."));
  }

  private static void http(HttpResponseException e, Context ctx) {
    ctx.status(e.getStatus()).json(new Problem(String.valueOf(e.getMessage())));
  }

  private static void databaseAway(JDBCConnectionException e, Context ctx) {
    LOG.warn("{} {}: {}", ctx.method(), ctx.path(), e.getMessage());
    ctx.status(HttpStatus.SERVICE_UNAVAILABLE)
        .json(new Problem("A database can't be reached. Try again later."));
  }

  private static void unexpected(Exception e, Context ctx) {
    LOG.error("{} {} failed", ctx.method(), ctx.path(), e);
    ctx.status(HttpStatus.INTERNAL_SERVER_ERROR).json(new Problem("Something went wrong here."));
  }
}
