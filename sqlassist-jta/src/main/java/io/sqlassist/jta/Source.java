package io.sqlassist.jta;

import javax.sql.DataSource;
import javax.sql.XADataSource;

/** What makes the connections of an engine. */
sealed interface Source {

  /** Can prepare. */
  record Xa(XADataSource dataSource) implements Source {}

  /** Can't prepare: the last resource. */
  record Plain(DataSource dataSource) implements Source {}
}
