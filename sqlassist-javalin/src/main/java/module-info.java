/** A unit of work for each Javalin request. */
module io.sqlassist.javalin {
  requires transitive io.javalin;
  requires transitive io.sqlassist.core;
  requires static transitive org.jspecify;
  requires jakarta.servlet;
  requires kotlin.stdlib;
  requires org.eclipse.jetty.ee10.servlet;

  exports io.sqlassist.javalin;
}
