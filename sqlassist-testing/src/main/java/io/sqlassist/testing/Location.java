package io.sqlassist.testing;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Where the tables of a connection are. Two engines with the same location have the same tables;
 * two with different ones may have, under two names of one host for example.
 *
 * @param database the address of the database, without settings
 * @param catalog the catalog; on MariaDB the database
 * @param schema the schema, where there are any
 */
record Location(String database, @Nullable String catalog, @Nullable String schema) {

  static Location of(Connection connection) throws SQLException {
    String url = connection.getMetaData().getURL();
    return new Location(url.split("[?;]", 2)[0], connection.getCatalog(), connection.getSchema());
  }
}
