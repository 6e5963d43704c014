/** What each request did to which engine: a recorder, and a panel that shows it. */
module io.sqlassist.debugpanel {
  requires transitive io.javalin;
  requires transitive io.sqlassist.core;
  requires static transitive org.jspecify;
  requires static com.zaxxer.hikari;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires jakarta.servlet;
  requires kotlin.stdlib;
  requires org.eclipse.jetty.ee10.servlet;
  requires org.eclipse.jetty.io;
  requires org.eclipse.jetty.server;
  requires org.slf4j;

  exports io.sqlassist.debugpanel;
  exports io.sqlassist.trace;
}
