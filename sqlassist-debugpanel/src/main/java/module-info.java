/** What each request did to which engine: a recorder, and a panel that shows it. */
module io.sqlassist.debugpanel {
  requires transitive io.sqlassist.core;
  requires static transitive org.jspecify;
  requires static com.zaxxer.hikari;
  requires org.slf4j;

  exports io.sqlassist.trace;
}
