/**
 * Named engines, and units of work over them.
 *
 * <p>The short way in is {@link io.sqlassist.SqlAssist}; its types live in packages named after
 * life spans: {@link io.sqlassist.engine} as long as the application, {@link io.sqlassist.session}
 * as long as a unit of work.
 */
module io.sqlassist.core {
  requires transitive jakarta.persistence;
  requires transitive java.sql;
  requires transitive org.hibernate.orm.core;
  requires static com.zaxxer.hikari;
  requires static org.crac;
  requires static transitive org.jspecify;
  requires org.slf4j;

  exports io.sqlassist;
  exports io.sqlassist.engine;
  exports io.sqlassist.find;
  exports io.sqlassist.observe;
  exports io.sqlassist.schema;
  exports io.sqlassist.session;
  exports io.sqlassist.shard;
  exports io.sqlassist.transaction;
}
